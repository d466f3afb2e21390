"""Missing packets of a publisher: which to ask for, and when."""

from dataclasses import dataclass

from media.wire.seqnum import difference16

REORDER_S = 0.010  # packets are given this long to come late by themselves
GIVE_UP_S = 1.0
MAX_MISSING = 256
MAX_REQUESTS = 10


@dataclass(slots=True)
class _Gap:
    noticed_at: float
    asked_at: float = 0.0
    requests: int = 0


class NackGenerator:
    """The gaps of one incoming stream."""

    def __init__(self) -> None:
        self._newest: int | None = None
        self._gaps: dict[int, _Gap] = {}

    def received(self, sequence_number: int, *, now: float) -> None:
        """Note a packet: it fills a gap or opens one before it."""
        if self._newest is None:
            self._newest = sequence_number
            return
        step = difference16(sequence_number, self._newest)
        if step <= 0:
            self._gaps.pop(sequence_number, None)
            return
        if step > MAX_MISSING:
            self._gaps.clear()  # another stream, or an outage that no request repairs
        else:
            for back in range(step - 1, 0, -1):
                self._gaps[(sequence_number - back) & 0xFFFF] = _Gap(now)
        self._newest = sequence_number

    def skip_to(self, sequence_number: int) -> None:
        """Ask for nothing before this number."""
        self._gaps.clear()
        self._newest = sequence_number

    def due(self, *, now: float, round_trip_s: float) -> list[int]:
        """Return the numbers to ask for now, oldest first, and count them as asked."""
        wait = max(round_trip_s, 0.03)
        self._gaps = {
            number: gap
            for number, gap in self._gaps.items()
            if now - gap.noticed_at < GIVE_UP_S and gap.requests < MAX_REQUESTS
        }
        asked = []
        for number, gap in self._gaps.items():
            if now - gap.noticed_at < REORDER_S or (gap.requests and now - gap.asked_at < wait):
                continue
            gap.asked_at = now
            gap.requests += 1
            asked.append(number)
        return asked[:MAX_MISSING]

    @property
    def count(self) -> int:
        """How many numbers are missing now."""
        return len(self._gaps)
