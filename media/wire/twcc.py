"""Transport-wide congestion control: feedback on when packets arrived.

draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1. Chromium that has
agreed to it and receives none lets its rate collapse.
"""

import struct
from dataclasses import dataclass
from functools import lru_cache

from media.errors import MalformedPacket
from media.wire import rtcp
from media.wire.seqnum import extended16

MAX_REPORTED = 400
MAX_LATE = 128  # what comes later than by so many numbers stays lost
MAX_READ = 4096  # four seconds of a fast stream; a run of "nothing came" costs two bytes
_TICK_S = 0.00025
_REFERENCE_TICKS = 256  # the reference time counts 64 ms
_NOT_RECEIVED, _SMALL, _LARGE = 0, 1, 2
HEAD_SIZE = 8
_VECTORS = 4096  # of 2**15 there could be; a stream has a few dozen


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What a feedback message says of the packets from number `first` on.

    `arrivals_ms` count from the reference time, None: it has not come. The reference
    time counts 64 ms, in 24 bits.
    """

    first: int
    reference: int
    arrivals_ms: list[float | None]


def packets_told(fci: bytes) -> int:
    """Return of how many packets a message claims to tell; 0: it has no head."""
    return int.from_bytes(fci[2:4])


def read(fci: bytes) -> Arrivals:
    """Return what a message's control information says.

    Raises:
        MalformedPacket: it is cut short, or tells of more than MAX_READ packets.
    """
    if len(fci) < HEAD_SIZE:
        raise MalformedPacket("transport-cc", "no head")
    first, count, reference = struct.unpack_from("!HHI", fci)
    if count > MAX_READ:
        raise MalformedPacket("transport-cc", f"{count} packets")
    symbols, at = _symbols(fci, count)
    end = len(fci)
    arrivals: list[float | None] = []
    ticks = 0
    for symbol in symbols:
        if symbol == _SMALL:
            if at >= end:
                raise MalformedPacket("transport-cc", "cut short")
            ticks += fci[at]
            at += 1
        elif symbol == _LARGE:
            if at + 2 > end:
                raise MalformedPacket("transport-cc", "cut short")
            delta = fci[at] << 8 | fci[at + 1]
            ticks += delta - 0x10000 if delta & 0x8000 else delta
            at += 2
        else:  # 3 is reserved
            arrivals.append(None)
            continue
        arrivals.append(ticks / 4)
    return Arrivals(first, reference >> 8, arrivals)


def _symbols(fci: bytes, count: int) -> tuple[list[int], int]:
    symbols: list[int] = []
    at, end = HEAD_SIZE, len(fci)
    while len(symbols) < count:
        if at + 2 > end:
            raise MalformedPacket("transport-cc", "cut short")
        chunk = fci[at] << 8 | fci[at + 1]
        at += 2
        if chunk & 0x8000:
            symbols += _vector(chunk)
        else:
            symbols += [chunk >> 13] * min(chunk & 0x1FFF, count - len(symbols))
            if not chunk & 0x1FFF:
                raise MalformedPacket("transport-cc", "a run of nothing")
    del symbols[count:]
    return symbols, at


@lru_cache(maxsize=_VECTORS)
def _vector(chunk: int) -> tuple[int, ...]:
    """Return the symbols of a status vector: seven of two bits, or fourteen of one."""
    if chunk & 0x4000:
        return tuple(chunk >> shift & 3 for shift in range(12, -1, -2))
    return tuple(chunk >> shift & 1 for shift in range(13, -1, -1))


class ArrivalLog:
    """Arrival times of one transport's packets since the last feedback.

    What comes after a later one was told of is told of too, with all from there on once more.
    """

    def __init__(self) -> None:
        self._arrivals: dict[int, int] = {}
        self._newest: int | None = None
        self._next: int | None = None
        self._has_news = False
        self._count = 0

    def received(self, sequence_number: int, *, now: float) -> None:
        """Note a packet by its transport-wide number."""
        number = sequence_number
        if self._newest is not None:
            number = extended16(sequence_number, self._newest)
        if self._newest is None or number > self._newest:
            self._newest = number
        if self._next is None:
            self._next = number
        if number in self._arrivals or number < self._newest - MAX_LATE:
            return
        self._next = min(self._next, number)
        self._arrivals[number] = int(now / _TICK_S)
        self._has_news = True

    def feedback(self, *, ssrc: int, media_ssrc: int) -> bytes | None:
        """Return a feedback message on all that came since the last; None: nothing did."""
        if not self._has_news or self._next is None or self._newest is None:
            return None
        last = self._newest
        first = max(self._next, last - MAX_REPORTED + 1)
        arrivals = [self._arrivals.get(number) for number in range(first, last + 1)]
        for number in [n for n in self._arrivals if n <= last - MAX_LATE]:
            del self._arrivals[number]
        self._next, self._has_news = last + 1, False
        fci = _control_information(first, arrivals, self._count)
        self._count = (self._count + 1) & 0xFF
        return rtcp.build_feedback(
            rtcp.Feedback(rtcp.RTPFB, rtcp.FMT_TRANSPORT_CC, ssrc, media_ssrc, fci)
        )


def _control_information(first: int, arrivals: list[int | None], count: int) -> bytes:
    came = next(arrival for arrival in arrivals if arrival is not None)
    reference = came // _REFERENCE_TICKS
    previous = reference * _REFERENCE_TICKS
    symbols: list[int] = []
    deltas: list[bytes] = []
    for arrival in arrivals:
        if arrival is None:
            symbols.append(_NOT_RECEIVED)
            continue
        delta = max(-0x8000, min(0x7FFF, arrival - previous))
        previous += delta
        if 0 <= delta <= 0xFF:
            symbols.append(_SMALL)
            deltas.append(delta.to_bytes(1))
        else:
            symbols.append(_LARGE)
            deltas.append(delta.to_bytes(2, signed=True))
    head = struct.pack("!HH", first & 0xFFFF, len(arrivals))
    head += (reference & 0xFFFFFF).to_bytes(3) + bytes((count,))
    return head + _chunks(symbols) + b"".join(deltas)


def _chunks(symbols: list[int]) -> bytes:
    chunks = []
    at = 0
    while at < len(symbols):
        run = 1
        while at + run < len(symbols) and symbols[at + run] == symbols[at] and run < 0x1FFF:
            run += 1
        if run >= 7 or at + run == len(symbols):
            chunks.append((symbols[at] << 13) | run)
            at += run
            continue
        window = symbols[at : at + 7]
        vector = 0xC000  # a status vector of two-bit symbols
        for index, symbol in enumerate(window):
            vector |= symbol << (12 - 2 * index)
        chunks.append(vector)
        at += len(window)
    return b"".join(chunk.to_bytes(2) for chunk in chunks)
