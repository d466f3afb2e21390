"""When a point traces its way. Pure: `now_s` is a monotonic clock's.

    asked     at once; ASKED_LEAST_S after the last one
    trouble   as soon as the line is in trouble; LEAST_S after the last one, METERED_LEAST_S where
              volume is charged; and again while it lasts
    usual     once a day while all is well: what the others are compared with; never near a meeting

All together at most DAY_MOST in any day, METERED_DAY_MOST where volume is charged; the last
KEPT_FOR_ASKED of these are for who asks.
"""

from collections import deque
from collections.abc import Iterable

from contracts.way import WayReason, WayTrouble

DAY_S = 86_400.0
DAY_MOST, METERED_DAY_MOST = 24, 6
LEAST_S, METERED_LEAST_S, ASKED_LEAST_S = 600.0, 3600.0, 60.0
KEPT_FOR_ASKED = 2
USUAL_EVERY_S = DAY_S
USUAL_FIRST_S = 120.0
"""After the agent's start: what is usual is wanted before the first trouble."""
USUAL_CALM_S = 60.0


class TraceDue:
    """Knows when it was traced."""

    def __init__(self, began_s: float, times_s: Iterable[float] = ()) -> None:
        """Begin.

        Args:
            began_s: when the agent was started.
            times_s: when it was traced before that, the oldest first.
        """
        self._began_s = began_s
        self.times_s = deque(times_s, maxlen=DAY_MOST)
        self._usual_s: float | None = None
        self._troubled_s = float("-inf")

    def reason(
        self,
        now_s: float,
        *,
        trouble: WayTrouble,
        is_asked: bool,
        is_metered: bool,
        is_free: bool,
    ) -> WayReason | None:
        """Return why to trace now; None: it is not time.

        Args:
            is_free: no meeting is on or near.
        """
        if trouble:
            self._troubled_s = now_s
        if is_asked and self.may_be_asked(now_s, is_metered=is_metered):
            return "asked"
        least_s = METERED_LEAST_S if is_metered else LEAST_S
        left = self._left(now_s, is_metered=is_metered) - KEPT_FOR_ASKED
        if left <= 0 or now_s - self._last_s < least_s:
            return None
        if trouble:
            return "trouble"
        return "usual" if is_free and self._is_usual_due(now_s) else None

    def may_be_asked(self, now_s: float, *, is_metered: bool) -> bool:
        """Return whether one that a person waits for may go now."""
        is_late = now_s - self._last_s >= ASKED_LEAST_S
        return is_late and self._left(now_s, is_metered=is_metered) > 0

    def traced(self, reason: WayReason, now_s: float, *, is_whole: bool) -> None:
        """Take note of a trace; `is_whole`: it went all the way, and so says what is usual."""
        self.times_s.append(now_s)
        if reason == "usual" or (is_whole and self._is_calm(now_s)):
            self._usual_s = now_s

    @property
    def _last_s(self) -> float:
        return self.times_s[-1] if self.times_s else float("-inf")

    def _left(self, now_s: float, *, is_metered: bool) -> int:
        most = METERED_DAY_MOST if is_metered else DAY_MOST
        return most - sum(now_s - one < DAY_S for one in self.times_s)

    def _is_usual_due(self, now_s: float) -> bool:
        last_s = self._usual_s
        is_due = now_s - self._began_s >= USUAL_FIRST_S if last_s is None else False
        if last_s is not None:
            is_due = now_s - last_s >= USUAL_EVERY_S
        return is_due and self._is_calm(now_s)

    def _is_calm(self, now_s: float) -> bool:
        return now_s - self._troubled_s >= USUAL_CALM_S
