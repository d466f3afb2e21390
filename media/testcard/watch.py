"""What one received slot shows, judged after decoding by the strips of its pictures.

A change of the point shown is kept with its time and is no loss.
"""

from collections import deque
from dataclasses import dataclass, field

from media.testcard import marker

MAX_CHANGES = 256
MAX_JUMP = 25 * 60 * 10


@dataclass(frozen=True, slots=True)
class Shown:
    """From this time on (ms since the epoch) the slot shows this number; None: nothing."""

    number: int | None
    since_ms: int


@dataclass(slots=True)
class WatchedInterval:
    """Counts that begin anew with every report."""

    frames_missing: int = 0
    frames_repeated: int = 0
    unreadable: int = 0
    latencies_ms: deque[float] = field(default_factory=lambda: deque(maxlen=2000))


@dataclass(slots=True)
class Watch:
    """Follows one slot. Times are the wall clock in milliseconds since the epoch."""

    shown: deque[Shown] = field(default_factory=lambda: deque(maxlen=MAX_CHANGES))
    total: WatchedInterval = field(default_factory=WatchedInterval)
    _interval: WatchedInterval = field(default_factory=WatchedInterval)
    _last: marker.Strip | None = None

    @property
    def number(self) -> int | None:
        """The number shown now."""
        return self.shown[-1].number if self.shown else None

    def picture(self, seen: marker.Strip | None, now_ms: int) -> None:
        """Take note of a decoded picture and what its strip says (None: unreadable)."""
        if seen is not None:
            self._note_strip(seen, now_ms)
            return
        for counts in (self.total, self._interval):
            counts.unreadable += 1

    def emptied(self, now_ms: int) -> None:
        """Take note that nothing is forwarded into this slot any more."""
        if self.number is not None:
            self.shown.append(Shown(None, now_ms))
        self._last = None

    def take_interval(self) -> WatchedInterval:
        """Return the counts since the last call, and begin anew."""
        counts, self._interval = self._interval, WatchedInterval()
        return counts

    def _note_strip(self, seen: marker.Strip, now_ms: int) -> None:
        latency = float(marker.age_ms(seen, now_ms))
        missing = 0
        if self._last is not None and self._last.point_number == seen.point_number:
            missing = marker.counter_step(self._last.counter, seen.counter) - 1
        for counts in (self.total, self._interval):
            counts.latencies_ms.append(latency)
            if 0 < missing < MAX_JUMP:
                counts.frames_missing += missing
            counts.frames_repeated += missing == -1
        if self.number != seen.point_number:
            self.shown.append(Shown(seen.point_number, now_ms))
        self._last = seen
