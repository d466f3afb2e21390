"""What is said to an ONVIF camera, and what it answers: SOAP 1.2, as far as its streams need it.

Pure. Element names are compared without their namespaces: cameras differ in prefixes and
versions (ver10, ver20), not in these names. An answer is bounded and brings no DTD.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

MAX_ANSWER_BYTES = 256 * 1024
MAX_PROFILES = 16
MAX_AHEAD = timedelta(days=100 * 365)  # some begin at 1970 with each start
_TEXT_LIMIT = 300
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
_DIGEST = f"{_WSS}-username-token-profile-1.0#PasswordDigest"
_BASE64 = f"{_WSS}-soap-message-security-1.0#Base64Binary"
_DEVICE = "http://www.onvif.org/ver10/device/wsdl"
_MEDIA = "http://www.onvif.org/ver10/media/wsdl"

ASK_TIME = f'<GetSystemDateAndTime xmlns="{_DEVICE}"/>'
ASK_MEDIA = f'<GetCapabilities xmlns="{_DEVICE}"><Category>Media</Category></GetCapabilities>'
ASK_PROFILES = f'<GetProfiles xmlns="{_MEDIA}"/>'


class MalformedAnswer(Exception):
    """What came is no answer of a camera's; its text is for people."""


@dataclass(frozen=True, slots=True)
class Found:
    """A camera that answered a probe: what it calls itself, and where its device service is."""

    name: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """One of a camera's streams."""

    token: str
    name: str
    encoding: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class CameraAccount:
    """By whom a camera is asked."""

    user: str
    password: str


def probe(message_id: str) -> bytes:
    """Return the datagram that asks for cameras (WS-Discovery, April 2005)."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
        ' xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
        ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
        ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header>'
        f"<w:MessageID>uuid:{message_id}</w:MessageID>"
        '<w:To e:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>'
        '<w:Action e:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe'
        "</w:Action></e:Header><e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types>"
        "</d:Probe></e:Body></e:Envelope>"
    ).encode()


def request(
    body: str, account: CameraAccount | None = None, *, now: datetime, nonce: bytes
) -> bytes:
    """Return a question, signed by an account where one is given: its password is not sent.

    Args:
        now: by the camera's own clock; it refuses what is too old.
    """
    header = _security(account, now, nonce) if account is not None else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope">'
        f"<e:Header>{header}</e:Header><e:Body>{body}</e:Body></e:Envelope>"
    ).encode()


def ask_stream(profile: Profile) -> str:
    """Return the question for a profile's address."""
    return (
        f'<GetStreamUri xmlns="{_MEDIA}" xmlns:t="http://www.onvif.org/ver10/schema">'
        "<StreamSetup><t:Stream>RTP-Unicast</t:Stream>"
        "<t:Transport><t:Protocol>RTSP</t:Protocol></t:Transport></StreamSetup>"
        f"<ProfileToken>{escape(profile.token)}</ProfileToken></GetStreamUri>"
    )


def _security(account: CameraAccount, now: datetime, nonce: bytes) -> str:
    created = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    # The standard's own (UsernameToken profile 1.0): SHA-1 of nonce, time and password.
    signed = hashlib.sha1(  # noqa: S324 - no other is defined
        nonce + created.encode() + account.password.encode()
    ).digest()
    return (
        f'<s:Security xmlns:s="{_WSS}-wssecurity-secext-1.0.xsd"'
        f' xmlns:u="{_WSS}-wssecurity-utility-1.0.xsd" e:mustUnderstand="true">'
        f"<s:UsernameToken><s:Username>{escape(account.user)}</s:Username>"
        f'<s:Password Type="{_DIGEST}">{base64.b64encode(signed).decode()}</s:Password>'
        f'<s:Nonce EncodingType="{_BASE64}">{base64.b64encode(nonce).decode()}</s:Nonce>'
        f"<u:Created>{created}</u:Created></s:UsernameToken></s:Security>"
    )


def found(datagram: bytes) -> list[Found]:
    """Return the cameras that a datagram tells of.

    Raises:
        MalformedAnswer: it is no answer to a probe.
    """
    cameras = []
    for match in _all(_parsed(datagram), "ProbeMatch"):
        addresses = tuple(a for a in _text(match, "XAddrs").split() if _is_http(a))
        scopes = _text(match, "Scopes").split()
        parts = [_scope(scopes, "name"), _scope(scopes, "hardware")]
        name = " ".join(dict.fromkeys(part for part in parts if part))
        cameras.append(Found(name[:_TEXT_LIMIT], addresses[:4]))
    return cameras


def camera_time(answer: bytes) -> datetime | None:
    """Return a camera's own time; None: it does not say it."""
    utc = next(_all(_parsed(answer), "UTCDateTime"), None)
    if utc is None:
        return None
    names = ("Year", "Month", "Day", "Hour", "Minute", "Second")
    try:
        return datetime(*(int(_text(utc, name)) for name in names), tzinfo=UTC)  # type: ignore[misc, arg-type]
    except (ValueError, OverflowError):
        return None


def clock_ahead(answer: bytes, now: datetime) -> timedelta:
    """Return how far a camera's clock is ahead of ours; nothing where it can be no clock."""
    said = camera_time(answer)
    if said is None or abs(said - now) > MAX_AHEAD:
        return timedelta()
    return said - now


def media_address(answer: bytes) -> str:
    """Return where a camera's media service is; "": it does not say."""
    media = next(_all(_parsed(answer), "Media"), None)
    return _text(media, "XAddr") if media is not None else ""


def profiles(answer: bytes) -> list[Profile]:
    """Return a camera's streams, as it orders them."""
    read = []
    for one in _all(_parsed(answer), "Profiles"):
        encoder = next(_all(one, "VideoEncoderConfiguration"), None)
        size = next(_all(encoder, "Resolution"), None) if encoder is not None else None
        read.append(
            Profile(
                token=one.get("token", "")[:_TEXT_LIMIT],
                name=_text(one, "Name"),
                encoding=_text(encoder, "Encoding") if encoder is not None else "",
                width=_whole(size, "Width"),
                height=_whole(size, "Height"),
            )
        )
    return read[:MAX_PROFILES]


def stream_address(answer: bytes) -> str:
    """Return a stream's address, without user and password; "": there is none."""
    address = _text(_parsed(answer), "Uri")
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host).geturl() if parts.scheme in ("rtsp", "rtsps") else ""


def fault(answer: bytes) -> str:
    """Return why a camera refused, in its words; "": it did not."""
    said = next(_all(_parsed(answer), "Fault"), None)
    return _text(said, "Text") or "refused" if said is not None else ""


def _parsed(answer: bytes) -> ElementTree.Element:
    if len(answer) > MAX_ANSWER_BYTES:
        raise MalformedAnswer("the answer is too long")
    try:
        text = answer.decode("utf-8-sig")
        if "<!DOCTYPE" in text.upper():
            raise MalformedAnswer("the answer brings a document type")
        return ElementTree.fromstring(text)  # noqa: S314 - without a DTD nothing expands
    except (UnicodeDecodeError, ElementTree.ParseError, ValueError) as exc:
        raise MalformedAnswer("the answer is no XML") from exc


def _all(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (one for one in element.iter() if _local(one) == name)


def _local(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: ElementTree.Element, name: str) -> str:
    one = next(_all(element, name), None)
    text = (one.text or "").strip() if one is not None else ""
    return "".join(letter for letter in text if letter.isprintable())[:_TEXT_LIMIT]


def _whole(element: ElementTree.Element | None, name: str) -> int:
    text = _text(element, name) if element is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 0


def _scope(scopes: list[str], name: str) -> str:
    start = f"onvif://www.onvif.org/{name}/"
    said = next((one.removeprefix(start) for one in scopes if one.startswith(start)), "")
    return "".join(letter for letter in unquote(said) if letter.isprintable())


def _is_http(address: str) -> bool:
    return address.startswith(("http://", "https://"))
