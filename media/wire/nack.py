"""Missing packets of an incoming stream: which to ask for, and when (RFC 4585, section 6.2.1)."""

import math
from dataclasses import dataclass

from media.wire.seqnum import difference16

REORDER_MS = 10  # packets are given this long to come late by themselves
# Asked again any sooner, an answer that is on its way comes twice.
ROUND_TRIPS, SHORTEST_WAIT_MS = 1.5, 50
ASSUMED_ROUND_TRIP_MS = 70
SLACK_MS = 150  # that an answer may be late by short queues, and each request by a turn
GIVE_UP_MS = 1_000
MAX_MISSING = 256
# So many steps' worth at once; who leaves out more has stopped sending what could be asked for.
MAX_STEPS_OPEN = 4
MAX_REQUESTS = 10


def _wait_ms(round_trip_ms: float) -> float:
    return max(SHORTEST_WAIT_MS, ROUND_TRIPS * round_trip_ms)


@dataclass(slots=True)
class _Gap:
    noticed_at_ms: float
    due_at_ms: float
    requests: int = 0


class NackGenerator:
    """The gaps of one incoming stream. Times are milliseconds of any steady clock.

    Args:
        max_requests: for one number.
        max_step: beyond it is another stream, or an outage that no request repairs.
        give_up_ms: after it a number is missing no longer; endless: until it is filled.
    """

    def __init__(
        self,
        *,
        max_requests: int = MAX_REQUESTS,
        max_step: int = MAX_MISSING,
        give_up_ms: float = math.inf,
    ) -> None:
        self._max_requests, self._max_step = max_requests, max_step
        self._give_up_ms = give_up_ms
        self._newest: int | None = None
        self._gaps: dict[int, _Gap] = {}

    def received(self, sequence_number: int, *, now_ms: float) -> float | None:
        """Note a packet: it opens a gap, or fills one; return since when it was missing."""
        step = 1 if self._newest is None else difference16(sequence_number, self._newest)
        if step <= 0:
            return self.fill(sequence_number)
        if step > self._max_step or len(self._gaps) + step > MAX_STEPS_OPEN * self._max_step:
            self._gaps.clear()
        else:
            for back in range(step - 1, 0, -1):
                gap = _Gap(now_ms, now_ms + REORDER_MS)
                self._gaps[(sequence_number - back) & 0xFFFF] = gap
        self._newest = sequence_number
        return None

    def fill(self, sequence_number: int) -> float | None:
        """Ask for a number no more; return since when it was missing, None: it was not."""
        gap = self._gaps.pop(sequence_number, None)
        return gap.noticed_at_ms if gap else None

    def missing_since(self, sequence_number: int) -> float | None:
        """Return since when a number is missing; None: it is not."""
        gap = self._gaps.get(sequence_number)
        return gap.noticed_at_ms if gap else None

    def skip_to(self, sequence_number: int) -> None:
        """Ask for nothing before this number."""
        self._gaps.clear()
        self._newest = sequence_number

    def due(self, *, now_ms: float, round_trip_ms: float = ASSUMED_ROUND_TRIP_MS) -> list[int]:
        """Return the numbers to ask for now, the oldest first, and count them as asked."""
        if not self._gaps:
            return []
        given_up = [
            n for n, g in self._gaps.items() if now_ms - g.noticed_at_ms >= self._give_up_ms
        ]
        for number in given_up:
            del self._gaps[number]
        asked: list[int] = []
        for number, gap in self._gaps.items():
            if now_ms < gap.due_at_ms or gap.requests >= self._max_requests:
                continue
            if len(asked) == MAX_MISSING:
                break
            gap.due_at_ms = now_ms + _wait_ms(round_trip_ms)
            gap.requests += 1
            asked.append(number)
        return asked

    def answered_ms(self, *, round_trip_ms: float) -> float:
        """Return how long after a gap was seen the answer to the last request for it comes."""
        asked_ms = REORDER_MS + (self._max_requests - 1) * _wait_ms(round_trip_ms)
        return asked_ms + round_trip_ms + SLACK_MS

    @property
    def count(self) -> int:
        """How many numbers are missing now."""
        return len(self._gaps)
