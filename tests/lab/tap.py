"""When packets of media came by at a machine's interfaces, as the kernel saw them.

with a_tap() as tap:                       of this machine; a_tap(site.machine.inside): another's
    tap.pauses_ms(since_s, from_port)

What is measured does not depend on how busy the process is that they are for. Headers of SRTP
are in the clear, so each stream is known by its SSRC. Needs root.
"""

import select
import socket
import struct
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from media.wire.video_codec import OWN_CODECS

_ETH_P_ALL = 0x0003
_SO_TIMESTAMPNS = 35
_UDP, _IPV4 = 17, 4
_SNAPPED = 96
_BUFFER_BYTES = 8 * 1024 * 1024
_LEAST_PACKETS = 20


@dataclass(frozen=True, slots=True)
class Seen:
    """One packet of RTP, by the wall clock."""

    at_s: float
    interface: str
    is_outgoing: bool
    from_port: int
    to_port: int
    payload_type: int
    number: int
    ssrc: int


@dataclass(slots=True)
class Tap:
    """What has come by so far."""

    seen: list[Seen] = field(default_factory=list)

    def pictures(self, from_port: int) -> dict[int, list[float]]:
        """Return when packets of each stream of pictures came from a port, by its SSRC."""
        found: dict[int, list[float]] = defaultdict(list)
        for one in list(self.seen):
            if one.from_port == from_port and not one.is_outgoing:
                if one.payload_type in OWN_CODECS:
                    found[one.ssrc].append(one.at_s)
        return found

    def pauses_ms(self, since_s: float, from_port: int) -> dict[int, float]:
        """Return the longest pause since a time of each stream of pictures that came before it.

        A pause that goes on counts too.
        """
        found = {}
        for ssrc, at in self.pictures(from_port).items():
            if len(at) < _LEAST_PACKETS or at[0] > since_s:
                continue
            pairs = zip(at, [*at[1:], time.time()], strict=True)
            found[ssrc] = max(1000 * (b - a) for a, b in pairs if b >= since_s)
        return found

    def port_beyond(self, interface: str) -> int:
        """Return the port that most of what comes by an interface goes to.

        A question to a name server may look like a packet of media.
        """
        came = (one for one in self.seen if one.interface == interface and not one.is_outgoing)
        return Counter(one.to_port for one in came).most_common(1)[0][0]


def _rtp(packet: bytes, at_s: float, interface: str, is_outgoing: bool) -> Seen | None:
    """Return what the headers say; None: it is no RTP over UDP over IPv4."""
    if len(packet) < 40 or packet[0] >> 4 != _IPV4 or packet[9] != _UDP:
        return None
    header = 4 * (packet[0] & 0x0F)
    media = packet[header + 8 :]
    if len(media) < 12 or not 128 <= media[0] < 192 or 192 <= media[1] < 224:
        return None
    from_port, to_port = struct.unpack_from("!HH", packet, header)
    payload_type, number, ssrc = struct.unpack_from("!xBHxxxxI", media)
    return Seen(at_s, interface, is_outgoing, from_port, to_port, payload_type & 0x7F, number, ssrc)


def _listen(tap: Tap, raw: socket.socket, is_over: threading.Event) -> None:
    while not is_over.is_set():
        if not select.select([raw], [], [], 0.1)[0]:
            continue
        packet, ancillary, _, sender = raw.recvmsg(_SNAPPED, 64)
        seconds, nanoseconds = struct.unpack("qq", ancillary[0][2])
        is_outgoing = sender[2] == socket.PACKET_OUTGOING
        found = _rtp(packet, seconds + nanoseconds / 1e9, sender[0], is_outgoing)
        if found is not None:
            tap.seen.append(found)


def _raw() -> socket.socket:
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_ALL))
    raw.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
    return raw


@contextmanager
def a_tap(
    made: Callable[[Callable[[], socket.socket]], socket.socket] = lambda make: make(),
) -> Iterator[Tap]:
    """Listen until the block ends."""
    tap, is_over = Tap(), threading.Event()
    with made(_raw) as raw:
        listening = threading.Thread(target=_listen, args=(tap, raw, is_over))
        listening.start()
        try:
            yield tap
        finally:
            is_over.set()
            listening.join()
