"""Counts failures per key in a window, so that guessing is slow and memory is bounded."""

from collections import OrderedDict
from datetime import datetime, timedelta

MAX_KEYS = 10_000


class Throttle:
    """At most `limit` failures of one key within a window that begins at its first.

    Remembers the 10,000 keys that failed last. Not for use by several threads at once.
    """

    def __init__(self, *, limit: int, window: timedelta) -> None:
        self._limit = limit
        self._window = window
        self._failures: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def wait_s(self, key: str, *, now: datetime) -> int:
        """Return in how many seconds this key may try again; 0: now."""
        began_at, count = self._failures.get(key, (now, 0))
        left = began_at + self._window - now
        if count < self._limit or left <= timedelta():
            return 0
        return max(1, round(left.total_seconds()))

    def failed(self, key: str, *, now: datetime) -> None:
        """Count one failure."""
        began_at, count = self._failures.pop(key, (now, 0))
        if now - began_at >= self._window:
            began_at, count = now, 0
        self._failures[key] = (began_at, count + 1)
        if len(self._failures) > MAX_KEYS:
            self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget a key's failures."""
        self._failures.pop(key, None)
