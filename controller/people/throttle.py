"""Counts failures per key in a window, so that guessing is slow and memory is bounded."""

from datetime import timedelta

from runtime.limits import BoundedMap

MAX_KEYS = 10_000


class Throttle:
    """At most `limit` failures of one key within a window that begins at its first.

    Remembers the 10,000 keys that failed last. Times are monotonic seconds: a wall clock that
    is set locks nobody out. Not for use by several threads at once.
    """

    def __init__(self, *, limit: int, window: timedelta) -> None:
        self._limit = limit
        self._window_s = window.total_seconds()
        self._failures: BoundedMap[str, tuple[float, int]] = BoundedMap(MAX_KEYS)

    def wait_s(self, key: str, *, now_s: float) -> int:
        """Return in how many seconds this key may try again; 0: now."""
        began_at_s, count = self._failures.get(key, (now_s, 0))
        left_s = began_at_s + self._window_s - now_s
        if count < self._limit or left_s <= 0:
            return 0
        return max(1, round(left_s))

    def failed(self, key: str, *, now_s: float) -> None:
        """Count one failure."""
        began_at_s, count = self._failures.pop(key, (now_s, 0))
        if now_s - began_at_s >= self._window_s:
            began_at_s, count = now_s, 0
        self._failures[key] = (began_at_s, count + 1)

    def succeeded(self, key: str) -> None:
        """Forget a key's failures."""
        self._failures.pop(key, None)
