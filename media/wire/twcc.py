"""Transport-wide congestion control: feedback on when packets arrived.

draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1. Chromium that has
agreed to it and receives none lets its rate collapse.
"""

import struct

from media.wire import rtcp
from media.wire.seqnum import extended16

MAX_REPORTED = 400
_TICK_S = 0.00025
_REFERENCE_TICKS = 256  # the reference time counts 64 ms
_NOT_RECEIVED, _SMALL, _LARGE = 0, 1, 2


class ArrivalLog:
    """Arrival times of one transport's packets since the last feedback."""

    def __init__(self) -> None:
        self._arrivals: dict[int, int] = {}
        self._newest: int | None = None
        self._next: int | None = None
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
        if number >= self._next:
            self._arrivals.setdefault(number, int(now / _TICK_S))

    def feedback(self, *, ssrc: int, media_ssrc: int) -> bytes | None:
        """Return a feedback message on all that came since the last; None: nothing did."""
        if not self._arrivals or self._next is None:
            return None
        last = max(self._arrivals)
        first = max(self._next, last - MAX_REPORTED + 1)
        numbers = range(first, last + 1)
        arrivals = [self._arrivals.get(number) for number in numbers]
        self._arrivals.clear()
        self._next = last + 1
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


class FeedbackReader:
    """Arrival times out of a feedback message, for senders."""

    def __init__(self, fci: bytes) -> None:
        self._fci = fci

    def arrivals(self) -> list[tuple[int, float | None]]:
        """Return (transport-wide number, arrival in seconds or None) in order.

        A message that is cut short gives what it holds.
        """
        fci = self._fci
        if len(fci) < 8:
            return []
        first, total = struct.unpack_from("!HH", fci)
        ticks = int.from_bytes(fci[4:7], signed=True) * _REFERENCE_TICKS
        symbols, at = _read_symbols(fci, total)
        found: list[tuple[int, float | None]] = []
        for index, symbol in enumerate(symbols):
            number = (first + index) & 0xFFFF
            size = symbol if symbol in (_SMALL, _LARGE) else 0
            if at + size > len(fci):
                break
            if size == 0:
                found.append((number, None))
                continue
            ticks += int.from_bytes(fci[at : at + size], signed=size == 2)
            at += size
            found.append((number, ticks * _TICK_S))
        return found


def _read_symbols(fci: bytes, total: int) -> tuple[list[int], int]:
    symbols: list[int] = []
    at = 8
    while len(symbols) < total and at + 2 <= len(fci):
        chunk = int.from_bytes(fci[at : at + 2])
        at += 2
        if not chunk & 0x8000:
            symbols += [chunk >> 13 & 3] * min(chunk & 0x1FFF, total - len(symbols))
        elif chunk & 0x4000:
            symbols += [chunk >> (12 - 2 * index) & 3 for index in range(7)]
        else:
            symbols += [chunk >> (13 - index) & 1 for index in range(14)]
    return symbols[:total], at
