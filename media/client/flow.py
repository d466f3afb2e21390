"""How steadily the pictures and the sound of one slot come, whatever they show.

Every number is about what was decoded: a picture that arrived and could not be decoded is
as missing as one that never came.
"""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from media.wire.rtp import SOUND_CLOCK_HZ

RECENT_MS = 5_000
PICTURE_GAP_MS = 200
SOUND_GAP_MS = 60
SOUND_FRAME_MS = 20
MAX_GAPS = 256
# A listener's delay rises at once and falls within some ten seconds. Late is what comes later
# than the earliest of the last two spans: clocks drift, and a microphone that stood still sends
# all that follows so much later.
MOST_PLAYOUT_MS = 1_000
PLAYOUT_FALLS_BY = 500
EARLIEST_SPAN_MS = 5_000
_WHOLE = 2**32


@dataclass(frozen=True, slots=True)
class Gap:
    """Nothing came for that long, until then (ms since the epoch)."""

    until_ms: int
    ms: int


def _gaps() -> deque[Gap]:
    return deque(maxlen=MAX_GAPS)


@dataclass(slots=True)
class FlowCounts:
    """Pictures, and the longest time without one; None: there was no second picture.

    Of an interval alone: `frozen_ms`, how long one stood still in it; `was_emptied`: nothing was
    to be seen in between.
    """

    frames: int = 0
    gap_max_ms: int | None = None
    frozen_ms: int = 0
    was_emptied: bool = False


@dataclass(slots=True)
class Flow:
    """Follows one slot. Times are the wall clock in milliseconds since the epoch."""

    total: FlowCounts = field(default_factory=FlowCounts)
    gaps: deque[Gap] = field(default_factory=_gaps)
    _recent: deque[int] = field(default_factory=lambda: deque(maxlen=1000))
    _interval: FlowCounts = field(default_factory=FlowCounts)
    _began_ms: int = 0  # the interval
    _filled_at_ms: int | None = None
    _last_at_ms: int | None = None

    def picture(self, now_ms: int) -> None:
        """Take note of a decoded picture."""
        self._recent.append(now_ms)
        gap_ms = self.silent_ms(now_ms)
        self._interval.frozen_ms += self._frozen_ms(now_ms)
        for counts in (self.total, self._interval):
            counts.frames += 1
            if gap_ms is not None:
                counts.gap_max_ms = max(counts.gap_max_ms or 0, gap_ms)
        if gap_ms is not None and gap_ms > PICTURE_GAP_MS:
            self.gaps.append(Gap(now_ms, gap_ms))
        self._last_at_ms = now_ms
        if self._filled_at_ms is None:
            self._filled_at_ms = now_ms

    def emptied(self) -> None:
        """Take note that nothing is forwarded into this slot any more: no gap goes on."""
        self._last_at_ms = self._filled_at_ms = None
        self._interval.was_emptied = True

    def fps(self, now_ms: int) -> float:
        """Return decoded pictures a second over the last five seconds."""
        return sum(1 for at in self._recent if now_ms - at < RECENT_MS) * 1000 / RECENT_MS

    def silent_ms(self, now_ms: int) -> int | None:
        """Return how long no picture has come; None before the first and once emptied."""
        return None if self._last_at_ms is None else now_ms - self._last_at_ms

    def filled_ms(self, now_ms: int) -> int:
        """Return how long ago the first picture came since the slot was empty; 0: it is."""
        return 0 if self._filled_at_ms is None else now_ms - self._filled_at_ms

    def take_interval(self, now_ms: int) -> FlowCounts:
        """Return the counts since the last call, a running gap included, and begin anew."""
        counts, self._interval = self._interval, FlowCounts()
        open_gap = self.silent_ms(now_ms)
        if open_gap is not None and open_gap > (counts.gap_max_ms or 0):
            counts.gap_max_ms = open_gap
        counts.frozen_ms += self._frozen_ms(now_ms)
        self._began_ms = now_ms
        return counts

    def _frozen_ms(self, now_ms: int) -> int:
        """Return how much of this interval the gap that is open has taken."""
        if self._last_at_ms is None or now_ms - self._last_at_ms <= PICTURE_GAP_MS:
            return 0
        return now_ms - max(self._last_at_ms, self._began_ms)


@dataclass(slots=True)
class SoundCounts:
    """What was meant to be heard, how much of it a listener missed, and for how long at most."""

    meant_ms: float = 0.0
    missed_ms: float = 0.0
    gap_max_ms: float = 0.0

    @property
    def missed_ratio(self) -> float | None:
        """The share that was missed; None: nothing was to be heard."""
        return min(1.0, self.missed_ms / self.meant_ms) if self.meant_ms > 0 else None


@dataclass(slots=True)
class SoundFlow:
    """Follows one slot of sound: what a listener misses, be it lost or too late to be played.

    A listener plays later than things come, by as much as they were late of late, as a
    browser does. A pause that the sender made (DTX) misses nothing: RTP times go on over it.
    """

    gaps: deque[Gap] = field(default_factory=_gaps)
    concealed: int = 0
    playout_ms: float = 0.0
    _interval: SoundCounts = field(default_factory=SoundCounts)
    _earliest_ms: float = math.inf
    _earliest_before_ms: float = math.inf
    _span_ends_ms: float = -math.inf
    _media_ms: float = 0.0
    _last_timestamp: int | None = None

    def frame(self, now_ms: float, timestamp: int, *, lost_before: int) -> float:
        """Take note of a frame in order, and of how many before it never came.

        Returns what a listener missed up to it, in milliseconds.
        """
        self.concealed += lost_before
        meant_ms = float(SOUND_FRAME_MS)
        if self._last_timestamp is not None:
            meant_ms = (timestamp - self._last_timestamp) % _WHOLE * 1000 / SOUND_CLOCK_HZ
        self._media_ms += meant_ms
        missed_ms = lost_before * SOUND_FRAME_MS + self._too_late_ms(now_ms)
        self._last_timestamp = timestamp
        counts = self._interval
        counts.meant_ms += meant_ms
        counts.missed_ms += missed_ms
        counts.gap_max_ms = max(counts.gap_max_ms, missed_ms)
        if missed_ms > SOUND_GAP_MS:
            self.gaps.append(Gap(round(now_ms), round(missed_ms)))
        return missed_ms

    def take_interval(self) -> SoundCounts:
        """Return the counts since the last call, and begin anew."""
        counts, self._interval = self._interval, SoundCounts()
        return counts

    def renew(self) -> None:
        """Go on with another stream, whose times are its own."""
        self._last_timestamp = None

    def _too_late_ms(self, now_ms: float) -> float:
        transit_ms = now_ms - self._media_ms
        if now_ms >= self._span_ends_ms:
            self._earliest_before_ms, self._earliest_ms = self._earliest_ms, transit_ms
            self._span_ends_ms = now_ms + EARLIEST_SPAN_MS
        self._earliest_ms = min(self._earliest_ms, transit_ms)
        late_ms = transit_ms - min(self._earliest_ms, self._earliest_before_ms)
        missed_ms = max(0.0, late_ms - self.playout_ms)
        if late_ms > MOST_PLAYOUT_MS:  # it begins anew, as after an outage
            self._earliest_ms = self._earliest_before_ms = transit_ms
            late_ms = 0.0
        falls_by = 1 if late_ms > self.playout_ms else PLAYOUT_FALLS_BY
        self.playout_ms += (late_ms - self.playout_ms) / falls_by
        return missed_ms


def percentile(values: Iterable[float], share: float) -> float | None:
    """Return the smallest value that at least this share (0 to 1) does not exceed."""
    ordered = sorted(values)
    if not ordered:
        return None
    index = min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))
    return ordered[index]
