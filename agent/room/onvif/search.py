"""Looks for ONVIF cameras in the LAN, and asks one for the addresses of its streams.

A camera is asked at the address from which it answered and at no other, whatever it names: a
device in the LAN sends nobody's account elsewhere. Used by a command, so it blocks.
"""

import http.client
import secrets
import socket
import ssl
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from agent.room.onvif import messages
from agent.room.onvif.messages import CameraAccount, Found, MalformedAnswer, Profile

GROUP = ("239.255.255.250", 3702)
MAX_CAMERAS = 64
MAX_DATAGRAMS = 256
MAX_DATAGRAM_BYTES = 16_384
ANSWER_LIMIT_S = 5.0
DEVICE_PATH = "/onvif/device_service"


class CameraRefused(Exception):
    """A camera did not say its streams; its text is for people."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A camera, and from where it answered."""

    host: str
    camera: Found

    @property
    def service(self) -> str:
        """Where it is asked: what it names of its own address, else the usual place."""
        own = (one for one in self.camera.addresses if host_of(one) == self.host)
        return next(own, f"http://{self.host}{DEVICE_PATH}")


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of a camera."""

    profile: Profile
    address: str


def host_of(address: str) -> str:
    """Return the host of an address; "": it has none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def named(host: str) -> Answered:
    """Return a camera that somebody knows: by its address, or by that of its device service."""
    if host.startswith(("http://", "https://")):
        return Answered(host_of(host), Found("", (host,)))
    return Answered(host, Found("", ()))


def look(wait_s: float, group: tuple[str, int] = GROUP) -> list[Answered]:
    """Return the cameras that answer within the time, each once, by their address."""
    cameras: dict[str, Answered] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        asking.sendto(messages.probe(str(uuid.uuid4())), group)
        ends_at = time.monotonic() + wait_s
        for _ in range(MAX_DATAGRAMS):
            asking.settimeout(max(0.01, ends_at - time.monotonic()))
            try:
                datagram, (host, _port) = asking.recvfrom(MAX_DATAGRAM_BYTES)
                for camera in messages.found(datagram):
                    if len(cameras) < MAX_CAMERAS:
                        cameras.setdefault(host, Answered(host, camera))
            except TimeoutError:
                break
            except MalformedAnswer:
                continue  # not every device that answers here is a camera
    return [cameras[host] for host in sorted(cameras, key=_by_number)]


def _by_number(host: str) -> bytes:
    return socket.inet_aton(host)


def streams(service: str, account: CameraAccount | None) -> list[Stream]:
    """Return a camera's streams.

    Args:
        service: the address of its device service.

    Raises:
        CameraRefused: it does not answer, not so, or takes no such account.
    """
    camera = _Asked(service, account)
    media = messages.media_address(camera.ask(messages.ASK_MEDIA))
    if host_of(media) != host_of(service):
        media = service  # behind a translated address it names another; some have one place
    found = messages.profiles(camera.ask(messages.ASK_PROFILES, media))
    return [
        Stream(one, messages.stream_address(camera.ask(messages.ask_stream(one), media)))
        for one in found
    ]


class _Asked:
    """One camera that is asked, by its own clock."""

    def __init__(self, service: str, account: CameraAccount | None) -> None:
        self._service = service
        self._account: CameraAccount | None = None
        self._ahead = timedelta()
        said = self.ask(messages.ASK_TIME)
        self._ahead = messages.clock_ahead(said, datetime.now(UTC))
        self._account = account

    def ask(self, body: str, address: str = "") -> bytes:
        """Return the answer to a question.

        Raises:
            CameraRefused: there is none, or it is a refusal.
        """
        now = datetime.now(UTC) + self._ahead
        sent = messages.request(body, self._account, now=now, nonce=secrets.token_bytes(16))
        try:
            status, answer = _post(address or self._service, sent)
            refusal = messages.fault(answer)
        except (OSError, ValueError, http.client.HTTPException) as exc:
            raise CameraRefused(f"không trả lời / no answer: {exc}") from exc
        except MalformedAnswer as exc:
            raise CameraRefused(f"không hiểu được trả lời / {exc}") from exc
        if refusal or status != http.HTTPStatus.OK:
            raise CameraRefused(f"camera từ chối / the camera refused: {refusal or status}")
        return answer


def _post(address: str, body: bytes) -> tuple[int, bytes]:
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        # A camera's certificate is its own: nobody vouches for it, nor for the HTTP beside it.
        trusting = ssl._create_unverified_context()  # noqa: S323 - see above
        connection = http.client.HTTPSConnection(
            host, port, timeout=ANSWER_LIMIT_S, context=trusting
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=ANSWER_LIMIT_S)
    try:
        headers = {"Content-Type": "application/soap+xml; charset=utf-8", "Connection": "close"}
        connection.request("POST", parts.path or DEVICE_PATH, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(messages.MAX_ANSWER_BYTES + 1)
    finally:
        connection.close()
