"""What of a picture goes up now and what in a moment: no train of packets, and no long wait.

A picture is many packets at once; a line's queue that takes them all delays every sound
behind them. They go at a little more than what the line carries, five at a time at most and
none 5 ms ahead. A queue that would last too long is let go of faster, unless the line was just
found to be full, and one that cannot be is given up: its picture would be of no use any more.
Sounds do not come here.
"""

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")

FACTOR = 1.25
TRAIN_PACKETS = 5
TRAIN_S = 0.005
LONG_S, GIVEN_UP_S = 0.4, 1.0


class PacedQueue(Generic[T]):
    """Items that wait for their turn, with their sizes in bytes. Times are seconds."""

    def __init__(self) -> None:
        self._items: deque[tuple[T, int]] = deque()
        self._bits = 0
        self._next_at = 0.0

    def push(self, item: T, size: int) -> None:
        """Take an item in."""
        self._items.append((item, size))
        self._bits += 8 * size

    def take(self, bps: float, *, now: float, is_firm: bool = False) -> list[T]:
        """Return what goes now, of a line that carries so much.

        Args:
            is_firm: not a bit more than that.
        """
        if not bps:
            return []
        rate = bps if is_firm else max(FACTOR * bps, self._bits / LONG_S)
        found: list[T] = []
        while self._items and self._next_at <= now and len(found) < TRAIN_PACKETS:
            item, size = self._items.popleft()
            self._bits -= 8 * size
            found.append(item)
            self._next_at = max(self._next_at, now - TRAIN_S) + 8 * size / rate
        if len(found) == TRAIN_PACKETS:
            self._next_at = max(self._next_at, now + TRAIN_S)
        return found

    @property
    def next_at(self) -> float | None:
        """When the next item may go; None: there is none."""
        return self._next_at if self._items else None

    def is_hopeless(self, bps: float, *, is_firm: bool = False) -> bool:
        """Return whether the last would go too late to be of use, of such a line."""
        return self._bits > GIVEN_UP_S * (bps if is_firm else FACTOR * bps)

    def clear(self) -> None:
        """Give up all that waits."""
        self._items.clear()
        self._bits = 0
