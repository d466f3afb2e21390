"""How steadily complete pictures come, by RTP alone: what froze, and by whose doing.

A picture freezes when the next complete one comes later than three times the usual, and than
the usual and 150 ms (freezeCount of W3C's webrtc-stats). Where the stream's own times leap as
far and no packet is lost, its source made no picture: it stalls, and no line is to blame.
"""

from collections import deque
from collections.abc import Iterable

from media.wire.rtp import VIDEO_CLOCK_HZ

WINDOW_S = 10.0
FREEZE_TIMES, FREEZE_MORE_S = 3.0, 0.150
USUAL_OF = 30
FEWEST = 3  # before that nothing is usual
MAX_GAPS = 64
_HALF, _WHOLE = 2**31, 2**32


class PictureFlow:
    """One stream of pictures. Times are seconds of one steady clock."""

    def __init__(self) -> None:
        self.freezes_total = 0
        self.stalls_total = 0
        self._frozen: deque[tuple[float, float]] = deque(maxlen=MAX_GAPS)
        self._stalled: deque[tuple[float, float]] = deque(maxlen=MAX_GAPS)
        self._spacings: deque[float] = deque(maxlen=USUAL_OF)
        self._last: tuple[int, int, float] | None = None

    def completed(self, timestamp: int, *, lost: int, now: float) -> None:
        """Note that a picture is complete.

        Args:
            lost: packets of the stream that have not come, in all.
        """
        before, self._last = self._last, (timestamp, lost, now)
        if before is None:
            return
        last_timestamp, last_lost, last_at = before
        step = (timestamp - last_timestamp) % _WHOLE
        if step >= _HALF:
            self._last = before  # an earlier picture, completed late
            return
        came_s, made_s = now - last_at, step / VIDEO_CLOCK_HZ
        limit_s = self._limit_s()
        if limit_s is not None and came_s > limit_s:
            if made_s > limit_s and lost <= last_lost:
                self.stalls_total += 1
                self._stalled.append((now, came_s))
            else:
                self.freezes_total += 1
                self._frozen.append((now, came_s))
            return
        self._spacings.append(came_s)

    def renew(self) -> None:
        """Go on after a pause that was asked for, or with another stream."""
        self._last = None
        self._spacings.clear()

    def frozen_ratio(self, *, now: float, is_held: bool = False) -> float:
        """Return the share of the last ten seconds that the line left frozen.

        Args:
            is_held: a picture has come that lacks packets still, so that a freeze may go on.
        """
        gaps = list(self._frozen)
        limit_s = self._limit_s()
        if is_held and self._last is not None and limit_s is not None:
            open_s = now - self._last[2]
            gaps += [(now, open_s)] if open_s > limit_s else []
        return _share(gaps, now)

    def stalled_ratio(self, *, now: float) -> float:
        """Return the share of the last ten seconds for which the source made no picture."""
        return _share(self._stalled, now)

    def _limit_s(self) -> float | None:
        if len(self._spacings) < FEWEST:
            return None
        usual_s = sum(self._spacings) / len(self._spacings)
        return max(FREEZE_TIMES * usual_s, usual_s + FREEZE_MORE_S)


def _share(gaps: Iterable[tuple[float, float]], now: float) -> float:
    begin = now - WINDOW_S
    within_s = sum(min(lasted_s, until - begin) for until, lasted_s in gaps if until > begin)
    return min(1.0, within_s / WINDOW_S)
