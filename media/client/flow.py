"""How steadily the pictures of one slot come, whatever they show.

Every number is about pictures that were decoded: a picture that arrived and could not be
decoded is as missing as one that never came.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

RECENT_MS = 5_000


@dataclass(slots=True)
class FlowCounts:
    """Pictures, and the longest time without one; None: there was no second picture."""

    frames: int = 0
    gap_max_ms: int | None = None


@dataclass(slots=True)
class Flow:
    """Follows one slot. Times are the wall clock in milliseconds since the epoch."""

    total: FlowCounts = field(default_factory=FlowCounts)
    _recent: deque[int] = field(default_factory=lambda: deque(maxlen=1000))
    _interval: FlowCounts = field(default_factory=FlowCounts)
    _last_at_ms: int | None = None

    def picture(self, now_ms: int) -> None:
        """Take note of a decoded picture."""
        self._recent.append(now_ms)
        for counts in (self.total, self._interval):
            counts.frames += 1
            if self._last_at_ms is not None:
                counts.gap_max_ms = max(counts.gap_max_ms or 0, now_ms - self._last_at_ms)
        self._last_at_ms = now_ms

    def emptied(self) -> None:
        """Take note that nothing is forwarded into this slot any more: no gap goes on."""
        self._last_at_ms = None

    def fps(self, now_ms: int) -> float:
        """Return decoded pictures a second over the last five seconds."""
        return sum(1 for at in self._recent if now_ms - at < RECENT_MS) * 1000 / RECENT_MS

    def silent_ms(self, now_ms: int) -> int | None:
        """Return how long no picture has come; None before the first and once emptied."""
        return None if self._last_at_ms is None else now_ms - self._last_at_ms

    def take_interval(self, now_ms: int) -> FlowCounts:
        """Return the counts since the last call, a running gap included, and begin anew."""
        counts, self._interval = self._interval, FlowCounts()
        open_gap = self.silent_ms(now_ms)
        if open_gap is not None and open_gap > (counts.gap_max_ms or 0):
            counts.gap_max_ms = open_gap
        return counts


def percentile(values: Iterable[float], share: float) -> float | None:
    """Return the smallest value that at least this share (0 to 1) does not exceed."""
    ordered = sorted(values)
    if not ordered:
        return None
    index = min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))
    return ordered[index]
