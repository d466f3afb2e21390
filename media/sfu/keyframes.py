"""When to ask a publisher for a keyframe: many who want one are served by one.

Every keyframe costs a thin uplink the quality of a second. A change of the floor asks
at once; those who join, or have lost their picture, ask out of a small bucket: a whole
province that joins within ten seconds costs five.
"""

from runtime.limits import TokenBucket

SPACING_S = 0.3
RETRY_S = 0.6
BURST = 2.0
REFILL_PER_S = 0.3


class KeyframeRequests:
    """The requests to one publisher."""

    def __init__(self) -> None:
        self._is_wanted = False
        self._is_urgent = False
        self._is_asked = False
        self._asked_at = float("-inf")
        self._bucket = TokenBucket(per_s=REFILL_PER_S, burst=BURST)

    def want(self, *, now: float, is_urgent: bool = False) -> bool:
        """Note that somebody wants a keyframe; return whether to ask for it now."""
        if not self._is_wanted:
            self._is_asked = False
        self._is_wanted = True
        self._is_urgent = self._is_urgent or is_urgent
        return now - self._asked_at >= SPACING_S and self._take(now)

    def arrived(self) -> None:
        """Note that a keyframe has come: everybody has one."""
        self._is_wanted = self._is_urgent = False

    def due(self, *, now: float) -> bool:
        """Return whether to ask (again) now, and count it if so."""
        wait_s = RETRY_S if self._is_asked else SPACING_S
        return self._is_wanted and now - self._asked_at >= wait_s and self._take(now)

    def _take(self, now: float) -> bool:
        if self._is_urgent:
            self._bucket.spend(now_s=now)
        elif not self._bucket.take(now_s=now):
            return False
        self._asked_at = now
        self._is_asked = True
        return True
