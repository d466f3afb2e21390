"""How long packets take through a relay that numbers them anew, by a player next to the sender.

A packet has come when the kernel has it at the player's socket: how long the player itself waits
for the processor is not in that. Streams keep the steps between their numbers, so the last packet
that was sent when one comes tells by how much a stream's numbers differ, most of the time; most
of the time is what counts.
"""

import socket
import struct
import time
from collections import Counter, deque
from collections.abc import Collection

_LEARNED, _KEPT = 40, 512
_STAMPED = 35  # asm-generic/socket.h: SO_TIMESTAMPNS, and the kind of what it tells
ANCILLARY_BYTES = 64
_time = struct.Struct("@qq")


class Delays:
    """One player's. `sent` is the publisher's record, by kind of stream: its last numbers.

    Args:
        streams: SSRCs of what this publisher sends, as the player gets it.
    """

    def __init__(self, sent: dict[str, deque[tuple[int, float]]], streams: Collection[int]) -> None:
        self.measured_s: list[float] = []
        self._sent = sent
        self._streams = {ssrc.to_bytes(4) for ssrc in streams}
        self._differences: dict[bytes, Counter[int]] = {}

    def came(self, kind: str, stream: bytes, number: int, *, now: float) -> None:
        """Note the last packet of a picture, or one of sound."""
        sent = self._sent[kind]
        if not sent or stream not in self._streams:
            return
        learned = self._differences.setdefault(stream, Counter())
        if learned.total() < _LEARNED:
            last = next((known for known, at in reversed(sent) if at <= now), None)
            if last is not None:
                learned[(number - last) & 0xFFFF] += 1
            return
        wanted = (number - learned.most_common(1)[0][0]) & 0xFFFF
        sent_at = next((at for known, at in reversed(sent) if known & 0xFFFF == wanted), None)
        if sent_at is not None:
            self.measured_s.append(now - sent_at)


def stamp(of: socket.socket) -> None:
    """Have the kernel say with each datagram when it came."""
    of.setsockopt(socket.SOL_SOCKET, _STAMPED, 1)


def stamped_s(ancillary: list[tuple[int, int, bytes]]) -> float:
    """Return when a datagram came, in seconds of the steady clock."""
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, _STAMPED):
            seconds, nanoseconds = _time.unpack(data)
            return float(seconds - time.time() + nanoseconds / 1e9 + time.monotonic())
    return time.monotonic()


def record() -> dict[str, deque[tuple[int, float]]]:
    """Return where a publisher notes what it sends."""
    return {"video": deque(maxlen=_KEPT), "audio": deque(maxlen=_KEPT)}


def shares_ms(measured_s: list[float]) -> tuple[float, float]:
    """Return the median and what 99 of 100 are below, in milliseconds."""
    known = sorted(measured_s)
    return 1e3 * known[len(known) // 2], 1e3 * known[int(0.99 * (len(known) - 1))]
