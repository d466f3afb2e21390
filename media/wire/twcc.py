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
