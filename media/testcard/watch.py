"""What one received slot shows, judged after decoding by the strips of its pictures.

Every number is about pictures that were decoded: a picture that arrived and could not
be decoded is as missing as one that never came. A change of the point shown is kept
with its time and is neither a gap nor a loss.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from media.testcard import marker

MAX_CHANGES = 256
RECENT_MS = 5_000
MAX_JUMP = 25 * 60 * 10


@dataclass(frozen=True, slots=True)
class Shown:
    """From this time on (ms since the epoch) the slot shows this number; None: nothing."""

    number: int | None
    since_ms: int


@dataclass(frozen=True, slots=True)
class Quality:
    """One slot over one interval."""

    frames: int = 0
    frames_missing: int = 0
    unreadable: int = 0
    gap_max_ms: int | None = None
    latencies_ms: tuple[float, ...] = ()


@dataclass(slots=True)
class Interval:
    """Counts that begin anew with every report."""

    frames: int = 0
    frames_missing: int = 0
    unreadable: int = 0
    gap_max_ms: int | None = None
    latencies_ms: deque[float] = field(default_factory=lambda: deque(maxlen=2000))

    def quality(self) -> Quality:
        """Return the counts as a value."""
        return Quality(
            self.frames,
            self.frames_missing,
            self.unreadable,
            self.gap_max_ms,
            tuple(self.latencies_ms),
        )


@dataclass(slots=True)
class Watch:
    """Follows one slot. Times are the wall clock in milliseconds since the epoch."""

    shown: deque[Shown] = field(default_factory=lambda: deque(maxlen=MAX_CHANGES))
    total: Interval = field(default_factory=Interval)
    recent: deque[int] = field(default_factory=lambda: deque(maxlen=1000))
    _interval: Interval = field(default_factory=Interval)
    _last: marker.Strip | None = None
    _last_at_ms: int | None = None

    @property
    def number(self) -> int | None:
        """The number shown now."""
        return self.shown[-1].number if self.shown else None

    def picture(self, seen: marker.Strip | None, now_ms: int) -> None:
        """Take note of a decoded picture and what its strip says (None: unreadable)."""
        self.recent.append(now_ms)
        for counts in (self.total, self._interval):
            counts.frames += 1
            if seen is None:
                counts.unreadable += 1
        if self._last_at_ms is not None:
            self._note_gap(now_ms - self._last_at_ms)
        self._last_at_ms = now_ms
        if seen is not None:
            self._note_strip(seen, now_ms)

    def emptied(self, now_ms: int) -> None:
        """Take note that nothing is forwarded into this slot any more."""
        if self.number is not None:
            self.shown.append(Shown(None, now_ms))
        self._last = None
        self._last_at_ms = None

    def fps(self, now_ms: int) -> float:
        """Return decoded pictures a second over the last five seconds."""
        return sum(1 for at in self.recent if now_ms - at < RECENT_MS) * 1000 / RECENT_MS

    def silent_ms(self, now_ms: int) -> int | None:
        """Return how long no picture has come; None before the first and once emptied."""
        return None if self._last_at_ms is None else now_ms - self._last_at_ms

    def take_interval(self, now_ms: int) -> Quality:
        """Return the counts since the last call, a running gap included, and begin anew."""
        open_gap = self.silent_ms(now_ms)
        if open_gap is not None and open_gap > (self._interval.gap_max_ms or 0):
            self._interval.gap_max_ms = open_gap
        quality = self._interval.quality()
        self._interval = Interval()
        return quality

    def _note_gap(self, gap_ms: int) -> None:
        for counts in (self.total, self._interval):
            counts.gap_max_ms = max(counts.gap_max_ms or 0, gap_ms)

    def _note_strip(self, seen: marker.Strip, now_ms: int) -> None:
        latency = float(marker.age_ms(seen, now_ms))
        missing = 0
        if self._last is not None and self._last.point_number == seen.point_number:
            missing = marker.counter_step(self._last.counter, seen.counter) - 1
        for counts in (self.total, self._interval):
            counts.latencies_ms.append(latency)
            if 0 < missing < MAX_JUMP:
                counts.frames_missing += missing
        if self.number != seen.point_number:
            self.shown.append(Shown(seen.point_number, now_ms))
        self._last = seen


def percentile(values: Iterable[float], share: float) -> float | None:
    """Return the smallest value that at least this share (0 to 1) does not exceed."""
    ordered = sorted(values)
    if not ordered:
        return None
    index = min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))
    return ordered[index]
