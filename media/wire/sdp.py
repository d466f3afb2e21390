"""Session descriptions, as far as WebRTC's offers and answers need them (RFC 8866, RFC 8829).

Tolerant in reading: attributes not known here are passed over, and what is kept is
what a relay or a publishing client decides by. `render` writes what it was given.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from media.errors import MalformedSdp
from media.wire.ice_credentials import NO_CREDENTIALS, Credentials

Kind = Literal["audio", "video", "application", "other"]
MediaDirection = Literal["sendrecv", "sendonly", "recvonly", "inactive"]
Setup = Literal["actpass", "active", "passive"]

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"

MAX_CHARS = 64 * 1024
MAX_SECTIONS = 64
MAX_ATTRIBUTE_CHARS = 300
MAX_RATE_DIGITS = 13
_KINDS = ("audio", "video", "application")
_TOKEN = re.compile(r"^[A-Za-z0-9+/._~!#$%&'*^`{|}:-]{1,256}$")


@dataclass(frozen=True, slots=True)
class Codec:
    """One payload type: its rtpmap, fmtp and feedback."""

    payload_type: int
    name: str
    clock_rate: int
    channels: int = 1
    fmtp: str = ""
    feedback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One UDP host candidate."""

    host: str
    port: int
    priority: int
    foundation: str = "1"


def host_priority(index: int) -> int:
    """Return the priority of the host candidate that is preferred after `index` others.

    RFC 8445, section 5.1.2: type preference 126, component 1.
    """
    return (126 << 24) | ((65535 - index) << 8) | 255


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Digest of a DTLS certificate: lower-case algorithm, upper-case pairs with colons."""

    algorithm: str
    value: str


@dataclass(frozen=True, slots=True)
class Ssrc:
    """One a=ssrc stream with its CNAME."""

    ssrc: int
    cname: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """One m-line. ICE and DTLS values of the session level are copied in on parsing."""

    kind: Kind
    mid: str
    word: str = ""  # what the m-line calls itself, where that is no kind known here
    direction: MediaDirection = "sendrecv"
    codecs: tuple[Codec, ...] = ()
    extensions: dict[int, str] = field(default_factory=dict)
    port: int = 9
    protocol: str = "UDP/TLS/RTP/SAVPF"
    formats: tuple[str, ...] = ()
    ice: Credentials = NO_CREDENTIALS
    fingerprints: tuple[Fingerprint, ...] = ()
    setup: Setup = "actpass"
    candidates: tuple[Candidate, ...] = ()
    has_all_candidates: bool = False
    msid: str = ""
    ssrcs: tuple[Ssrc, ...] = ()
    repairs: tuple[tuple[int, int], ...] = ()  # a stream, and what repairs it (RFC 4588)
    has_rtcp_mux: bool = True
    has_rtcp_rsize: bool = False
    is_bundle_only: bool = False

    @property
    def is_offered(self) -> bool:
        """Whether the section is there to be used: port 0 says no, but not of one that is
        to share its bundle's transport (RFC 8843, section 6)."""
        return self.port != 0 or self.is_bundle_only

    def extension_id(self, uri: str) -> int | None:
        """Return the id an extension has in this section."""
        return next((number for number, known in self.extensions.items() if known == uri), None)


@dataclass(frozen=True, slots=True)
class SessionDescription:
    """A whole description."""

    media: tuple[Media, ...]
    bundle: tuple[str, ...] = ()
    is_ice_lite: bool = False
    session_id: int = 0
    version: int = 1
    bandwidth_bps: int | None = None  # b=TIAS: of all that its author receives (RFC 3890)


def parse(text: str) -> SessionDescription:
    """Return the description.

    Raises:
        MalformedSdp: it is none; the reason is a sentence.
    """
    if len(text) > MAX_CHARS:
        raise MalformedSdp(f"The description is longer than {MAX_CHARS} characters.")
    text = text.removeprefix("\ufeff")  # what some editors put before a file
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or lines[0] != "v=0":
        raise MalformedSdp("A session description begins with the line v=0.")
    if any(len(line) < 2 or line[1] != "=" for line in lines):
        raise MalformedSdp("Every line of a session description has the form letter=value.")
    groups: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("m="):
            groups.append([])
        groups[-1].append(line)
    if len(groups) == 1:
        raise MalformedSdp("The description has no m= line, so there is nothing to send or play.")
    if len(groups) > MAX_SECTIONS + 1:
        raise MalformedSdp(f"The description has more than {MAX_SECTIONS} m= lines.")
    head = _Attributes(groups[0])
    media = tuple(_media(group, head, index) for index, group in enumerate(groups[1:]))
    mids = [section.mid for section in media]
    if len(set(mids)) != len(mids):
        raise MalformedSdp("Two m= lines of the description have the same mid.")
    bundle = next((tuple(v.split()[1:]) for v in head.all("group") if v.startswith("BUNDLE")), ())
    bandwidth_bps = _bandwidth_bps(groups[0])
    return SessionDescription(
        media, bundle, is_ice_lite=head.has("ice-lite"), bandwidth_bps=bandwidth_bps
    )


def _bandwidth_bps(head: list[str]) -> int | None:
    """Return the first b=TIAS; what is no number is passed over."""
    values = (line.removeprefix("b=TIAS:") for line in head if line.startswith("b=TIAS:"))
    text = next(values, "")
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_RATE_DIGITS
    return int(text) or None if is_number else None


class _Attributes:
    """The a= lines of one level."""

    def __init__(self, lines: list[str]) -> None:
        self._values: dict[str, list[str]] = {}
        for line in lines:
            if line.startswith("a="):
                name, _, value = line[2:].partition(":")
                self._values.setdefault(name, []).append(value)

    def has(self, name: str) -> bool:
        return name in self._values

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def first(self, name: str, default: str = "") -> str:
        return self._values.get(name, [default])[0]


def _media(lines: list[str], head: _Attributes, index: int) -> Media:
    words = lines[0][2:].split()
    if len(words) < 4 or not _TOKEN.match(words[0]):
        raise MalformedSdp(f"The line {lines[0][:60]!r} is not an m= line that can be served.")
    own = _Attributes(lines)
    setup = own.first("setup", head.first("setup", "actpass"))
    if setup not in ("actpass", "active", "passive"):
        raise MalformedSdp(f"a=setup:{setup[:20]} is not known.")
    # An m-line of another kind is no error: it is answered with port 0 (RFC 3264, section 6).
    kind: Kind = words[0] if words[0] in _KINDS else "other"  # type: ignore[assignment]
    mid = own.first("mid", str(index))
    if not _TOKEN.match(mid):
        raise MalformedSdp("A mid holds characters that are not allowed.")
    return Media(
        kind=kind,
        mid=mid,
        word="" if kind != "other" else words[0],
        direction=_direction(own, head),
        codecs=_codecs(words[3:], own) if kind in ("audio", "video") else (),
        extensions=_extensions(own),
        port=_number(words[1].partition("/")[0], "port", 65535),
        protocol=words[2],
        formats=tuple(words[3:]),
        ice=Credentials(
            own.first("ice-ufrag", head.first("ice-ufrag")),
            own.first("ice-pwd", head.first("ice-pwd")),
        ),
        fingerprints=_fingerprints(own.all("fingerprint") or head.all("fingerprint")),
        setup=setup,  # type: ignore[arg-type]  # checked above
        candidates=_candidates(own.all("candidate")),
        has_all_candidates=own.has("end-of-candidates") or head.has("end-of-candidates"),
        msid=own.first("msid"),
        ssrcs=_ssrcs(own.all("ssrc")),
        repairs=_repairs(own.all("ssrc-group")),
        has_rtcp_mux=own.has("rtcp-mux"),
        has_rtcp_rsize=own.has("rtcp-rsize"),
        is_bundle_only=own.has("bundle-only"),
    )


def _number(text: str, name: str, highest: int) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or int(text) > highest:
        raise MalformedSdp(f"{text[:20]!r} is not a valid {name}.")
    return int(text)


def _direction(own: _Attributes, head: _Attributes) -> MediaDirection:
    known: tuple[MediaDirection, ...] = ("sendrecv", "sendonly", "recvonly", "inactive")
    for attributes in (own, head):
        for direction in known:
            if attributes.has(direction):
                return direction
    return "sendrecv"


_STATIC_CODECS = {0: ("PCMU", 8000), 8: ("PCMA", 8000), 9: ("G722", 8000), 13: ("CN", 8000)}


def _codecs(formats: list[str], own: _Attributes) -> tuple[Codec, ...]:
    maps = dict(_split(value, "rtpmap") for value in own.all("rtpmap"))
    fmtps = dict(_split(value, "fmtp") for value in own.all("fmtp"))
    feedback: dict[str, list[str]] = {}
    for value in own.all("rtcp-fb"):
        number, kind = _split(value, "rtcp-fb")
        feedback.setdefault(number, []).append(kind)
    codecs: dict[int, Codec] = {}  # each once, however often the m-line names it
    for number in formats:
        payload_type = _number(number, "payload type", 127)
        if payload_type in codecs:
            continue
        name, rate, channels = _rtpmap(maps.get(number), payload_type)
        kinds = (*feedback.get(number, ()), *feedback.get("*", ()))
        codecs[payload_type] = Codec(
            payload_type, name, rate, channels, fmtps.get(number, ""), kinds
        )
    return tuple(codecs.values())


def _split(value: str, name: str) -> tuple[str, str]:
    first, space, rest = value.partition(" ")
    if not space:
        raise MalformedSdp(f"a={name}:{value[:40]} has nothing after its payload type.")
    return first, rest.strip()


def _rtpmap(text: str | None, payload_type: int) -> tuple[str, int, int]:
    if text is None:
        name, rate = _STATIC_CODECS.get(payload_type, ("unknown", 0))
        return name, rate, 1
    name, *rest = text.split("/")
    rate = _number(rest[0], "clock rate", 1_000_000) if rest else 0
    channels = _number(rest[1], "number of channels", 255) if len(rest) > 1 else 1
    return name, rate, channels


def _extensions(own: _Attributes) -> dict[int, str]:
    found = {}
    for value in own.all("extmap"):
        number, uri = _split(value, "extmap")
        found[_number(number.partition("/")[0], "extension id", 255)] = uri.split()[0]
    return found


def _fingerprints(values: list[str]) -> tuple[Fingerprint, ...]:
    found = []
    for value in values:
        algorithm, digest = _split(value, "fingerprint")
        if not re.fullmatch(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){15,63}", digest):
            raise MalformedSdp("a=fingerprint is not made of pairs of hexadecimal digits.")
        found.append(Fingerprint(algorithm.lower(), digest.upper()))
    return tuple(found)


def _candidates(values: list[str]) -> tuple[Candidate, ...]:
    found = []
    for value in values:
        words = value.split()
        if len(words) < 8 or words[1] != "1" or words[2].lower() != "udp":
            continue
        port = _number(words[5], "candidate port", 65535)
        priority = _number(words[3], "candidate priority", 2**32 - 1)
        found.append(Candidate(words[4], port, priority, words[0]))
    return tuple(found)


def _ssrcs(values: list[str]) -> tuple[Ssrc, ...]:
    found: dict[int, str] = {}
    for value in values:
        number, _, attribute = value.partition(" ")
        ssrc = _number(number, "ssrc", 2**32 - 1)
        name, _, text = attribute.partition(":")
        found.setdefault(ssrc, "")
        if name == "cname":
            found[ssrc] = text
    return tuple(Ssrc(ssrc, cname) for ssrc, cname in found.items())


def _repairs(values: list[str]) -> tuple[tuple[int, int], ...]:
    groups = (value.split() for value in values)
    pairs = (words[1:] for words in groups if len(words) == 3 and words[0] == "FID")
    return tuple((_number(a, "ssrc", 2**32 - 1), _number(b, "ssrc", 2**32 - 1)) for a, b in pairs)


def render(description: SessionDescription) -> str:
    """Return the description as text with CRLF line ends."""
    lines = [
        "v=0",
        f"o=- {description.session_id} {description.version} IN IP4 127.0.0.1",
        "s=-",
    ]
    if description.bandwidth_bps is not None:
        lines.append(f"b=TIAS:{description.bandwidth_bps}")
    lines.append("t=0 0")
    if description.is_ice_lite:
        lines.append("a=ice-lite")
    if description.bundle:
        lines.append("a=group:BUNDLE " + " ".join(description.bundle))
    lines.append("a=msid-semantic: WMS *")
    for media in description.media:
        lines += _media_lines(media)
    return "\r\n".join(lines) + "\r\n"


def _media_lines(media: Media) -> list[str]:
    formats = " ".join(media.formats or (str(codec.payload_type) for codec in media.codecs))
    lines = [
        f"m={media.word or media.kind} {media.port} {media.protocol} {formats}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{media.mid}",
        f"a={media.direction}",
    ]
    if media.ice.ufrag:
        lines += media.ice.lines
    lines += [f"a=fingerprint:{f.algorithm} {f.value}" for f in media.fingerprints]
    lines.append(f"a=setup:{media.setup}")
    if media.is_bundle_only:
        lines.append("a=bundle-only")
    if media.has_rtcp_mux:
        lines.append("a=rtcp-mux")
    if media.has_rtcp_rsize:
        lines.append("a=rtcp-rsize")
    lines += [f"a=extmap:{number} {uri}" for number, uri in media.extensions.items()]
    for codec in media.codecs:
        lines += _codec_lines(codec)
    if media.msid:
        lines.append(f"a=msid:{media.msid}")
    lines += [f"a=ssrc-group:FID {stream} {repair}" for stream, repair in media.repairs]
    for source in media.ssrcs:
        lines.append(f"a=ssrc:{source.ssrc} cname:{source.cname}")
        if media.msid:
            lines.append(f"a=ssrc:{source.ssrc} msid:{media.msid}")
    lines += [candidate_line(candidate) for candidate in media.candidates]
    if media.has_all_candidates:
        lines.append("a=end-of-candidates")
    return lines


def candidate_line(candidate: Candidate) -> str:
    """Return the a=candidate line of a host candidate."""
    where = f"{candidate.host} {candidate.port}"
    return f"a=candidate:{candidate.foundation} 1 udp {candidate.priority} {where} typ host"


def _codec_lines(codec: Codec) -> list[str]:
    channels = f"/{codec.channels}" if codec.channels > 1 else ""
    lines = [f"a=rtpmap:{codec.payload_type} {codec.name}/{codec.clock_rate}{channels}"]
    lines += [f"a=rtcp-fb:{codec.payload_type} {kind}" for kind in codec.feedback]
    if codec.fmtp:
        lines.append(f"a=fmtp:{codec.payload_type} {codec.fmtp}")
    return lines
