"""Whether a line's queue grows: the trend of the one-way delay, packet group by packet group.

As Google's congestion control does it (draft-ietf-rmcat-gcc-02, sections 5.3 to 5.5, with
the line of best fit that Chromium has in place of the filter): packets that were sent
within 5 ms are one group; the smoothed sum of how much later each group came is fitted by
a straight line, and its slope compared with a threshold that follows what is usual there.
Beside the slope stands the queue itself: how much above the smallest of half a minute the
delay is, of the first packet of a group, which does not wait for its own kind. A queue that
stands does not grow, and is too long all the same. Where there
is no queue, and even the largest of three is below the smallest of the second before, the
line has become faster: a packet takes less time to go out. Where delays vary by more than
that, it shows in the smallest of a whole second, below that of each of the four before that
had no queue of ours.
"""

from collections import deque
from enum import Enum
from typing import NamedTuple

from media.sfu.least import Least

GROUP_S = 0.005
WINDOW = 20
GAIN = 4.0
MAX_GROUPS = 60
SMOOTHING = 0.9
LEAST_THRESHOLD_MS, FIRST_THRESHOLD_MS, MOST_THRESHOLD_MS = 6.0, 12.5, 600.0
_RISES, _FALLS = 0.0087, 0.039  # of the threshold, per ms
_OUTLIER_MS = 15.0
BASE_KEPT_S = 30.0  # a queue that stands for so long is drained in between
LONG_QUEUE_MS, LONG_GROUP_MS = 60.0, 400.0
LEAST_QUEUE_MS = 12.0
QUEUE_GROUPS = 3
FASTER_MS = 4.0
_COMPARED_S, _COMPARED, _COMPARED_GROUPS = 1.0, 4, 15
_NO_QUEUE_MS = 30.0
LATE_MS = 45.0  # by so little nobody has too much on the way
SOONER_MS = 1.0
_LEAST_GROUPS = 5


class Usage(Enum):
    """What the line is used to: below, at, or above what it carries."""

    UNDER = "under"
    NORMAL = "normal"
    OVER = "over"


class Calm(NamedTuple):
    """Which delays say nothing new, of one direction.

    None is as small as `soonest_ms`, none as large as `latest_ms`, and of QUEUE_GROUPS groups one
    after another one at least has less than `queue_ms`: a queue delays every one.
    """

    soonest_ms: float
    queue_ms: float
    latest_ms: float


class DelayTrend:
    """The delays of one direction. Only differences of times count, each by its own clock."""

    def __init__(self) -> None:
        self.queue_ms = 0.0
        self._threshold_ms = FIRST_THRESHOLD_MS
        self._base = Least(BASE_KEPT_S)
        self._least_ms, self._least_since = float("-inf"), float("-inf")  # of this second
        self._compared_ms = float("-inf")  # of the one before
        self._leasts_ms: deque[float] = deque(maxlen=_COMPARED)  # of the seconds before
        self.soonest_ms: float | None = None  # above the base, of the last whole second
        self._second_ms, self._second_since, self._count = float("inf"), float("-inf"), 0
        self._longest_ms = 0.0
        self._last_ms = 0.0
        self.faster_at = float("-inf")
        self.surely_faster_at = float("-inf")  # as whole seconds show it
        self._noted_at = float("-inf")
        self.faster_by_ms = 0.0
        self._judged_at: float | None = None
        self._trend_before = 0.0
        self.restart()

    def restart(self) -> None:
        """Forget the trend, but not what the line's delay is at its best."""
        self._points: deque[tuple[float, float]] = deque(maxlen=WINDOW)
        self._groups = 0
        self._delays: deque[float] = deque(maxlen=QUEUE_GROUPS)
        self._first_sent: float | None = None
        self._sent = self._arrived_ms = 0.0
        self._before: tuple[float, float] | None = None
        self._sum_ms = self._smoothed_ms = 0.0
        self._began_ms: float | None = None

    @property
    def group_first_s(self) -> float:
        """When the first of the group was sent that is open; negative infinity: none is."""
        return float("-inf") if self._first_sent is None else self._first_sent

    def arrived(self, sent_s: float, arrived_ms: float) -> None:
        """Note a packet, in the order of sending."""
        self._last_ms = arrived_ms - sent_s * 1000
        if self._first_sent is not None:
            if sent_s - self._first_sent <= GROUP_S:
                self._sent = sent_s
                self._arrived_ms = max(self._arrived_ms, arrived_ms)
                return
            self._end_group()
        self._first_sent = self._sent = sent_s
        self._arrived_ms = arrived_ms
        self._note_delay(arrived_ms - sent_s * 1000, sent_s)

    @property
    def calm(self) -> Calm:
        """Which delays `judge` finds no queue by; a receiver that reads late is no queue either."""
        base_ms = self._base.value
        return Calm(base_ms - SOONER_MS, base_ms + LEAST_QUEUE_MS, base_ms + LATE_MS)

    def _end_group(self) -> None:
        sent_ms, arrived_ms = self._sent * 1000, self._arrived_ms
        before, self._before = self._before, (sent_ms, arrived_ms)
        if before is None:
            self._began_ms = arrived_ms
            return
        self._sum_ms += (arrived_ms - before[1]) - (sent_ms - before[0])
        self._smoothed_ms += (self._sum_ms - self._smoothed_ms) * (1 - SMOOTHING)
        self._groups += 1
        self._points.append((arrived_ms - (self._began_ms or 0.0), self._smoothed_ms))

    def _note_delay(self, delay_ms: float, at: float) -> None:
        self._base.note(delay_ms, at)
        self._delays.append(delay_ms)
        self.queue_ms = min(self._delays) - self._base.value
        if max(self._delays) < self._compared_ms - FASTER_MS:
            self.faster_at, self.faster_by_ms = at, self._compared_ms - max(self._delays)
        self._compare(delay_ms, at)
        self._compare_seconds(delay_ms, at)

    def _compare(self, delay_ms: float, at: float) -> None:
        self._least_ms = min(self._least_ms, delay_ms)
        self._longest_ms = max(self._longest_ms, self.queue_ms)
        if at - self._least_since <= _COMPARED_S:
            return
        is_queue = self._longest_ms > _NO_QUEUE_MS
        self._compared_ms = float("-inf") if is_queue else self._least_ms
        self._least_ms, self._least_since = delay_ms, at
        self._longest_ms = self.queue_ms

    def _compare_seconds(self, delay_ms: float, at: float) -> None:
        self._noted_at = at
        self._second_ms = min(self._second_ms, delay_ms)
        self._count += 1
        # Of few groups a small delay may be missing.
        if at - self._second_since <= _COMPARED_S or self._count < _COMPARED_GROUPS:
            return
        fallen_ms = min(self._leasts_ms, default=float("-inf")) - self._second_ms
        if fallen_ms > FASTER_MS:
            self.surely_faster_at, self.faster_by_ms = at, fallen_ms
        self._leasts_ms.append(self._second_ms)
        self.soonest_ms = self._second_ms - self._base.value
        self._second_ms, self._second_since, self._count = float("inf"), at, 0

    def disturb(self, slower_ms: float | None) -> None:
        """Compare nothing with what came until now: there is a queue of ours.

        Args:
            slower_ms: the line carries far less than before, and this much later everything
                comes on it.
        """
        self._second_ms, self._second_since, self._count = float("inf"), self._noted_at, 0
        self.soonest_ms = None
        if slower_ms is not None:
            self._leasts_ms.clear()
            self._leasts_ms.append(self._base.value + slower_ms)

    def judge(self, *, now: float) -> Usage:
        """Return how the line is used, by all that was noted; call it once per feedback."""
        slope = _slope(self._points)
        is_growing = slope is not None and slope >= self._trend_before
        self._trend_before = slope or 0.0
        if self._is_long:
            return Usage.OVER
        if slope is None:
            return Usage.NORMAL
        trend_ms = slope * min(self._groups, MAX_GROUPS) * GAIN
        is_above = trend_ms > self._threshold_ms
        is_below = trend_ms < -self._threshold_ms
        self._adapt(abs(trend_ms), now)
        if is_above:
            is_queue = is_growing and self.queue_ms >= LEAST_QUEUE_MS
            return Usage.OVER if is_queue else Usage.NORMAL
        return Usage.UNDER if is_below else Usage.NORMAL

    @property
    def own_ms(self) -> float:
        """How late the packet was that came last, also by those it was sent with."""
        return self._last_ms - self._base.value

    @property
    def _is_long(self) -> bool:
        # What waits for its own kind does not end a burst.
        return self.own_ms > LONG_GROUP_MS or self.queue_ms > LONG_QUEUE_MS

    def covers(self, at: float) -> bool:
        """Return whether the delay at its best is that of a time since then, or less."""
        return self._base.covers(at)

    def seek_base(self) -> None:
        """Seek anew what the delay is at its best: what stands there is no queue of ours."""
        self._base.forget()
        self.soonest_ms = None

    def _adapt(self, trend_ms: float, now: float) -> None:
        passed_ms = 0.0 if self._judged_at is None else min(100.0, (now - self._judged_at) * 1000)
        self._judged_at = now
        if trend_ms > self._threshold_ms + _OUTLIER_MS:
            return
        share = _FALLS if trend_ms < self._threshold_ms else _RISES
        moved_ms = self._threshold_ms + share * (trend_ms - self._threshold_ms) * passed_ms
        self._threshold_ms = max(LEAST_THRESHOLD_MS, min(MOST_THRESHOLD_MS, moved_ms))


def _slope(points: deque[tuple[float, float]]) -> float | None:
    """Return the slope of the line of best fit; None: too few points, or all at one moment."""
    count = len(points)
    if count < _LEAST_GROUPS:
        return None
    first_x, first_y = points[0]
    sum_x = sum_y = sum_xx = sum_xy = 0.0
    for x, y in points:
        x -= first_x  # so that their squares keep all their digits
        y -= first_y
        sum_x += x
        sum_y += y
        sum_xx += x * x
        sum_xy += x * y
    below = count * sum_xx - sum_x * sum_x
    return (count * sum_xy - sum_x * sum_y) / below if below else None
