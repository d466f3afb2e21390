"""Who stands at the door and has not said yet who it is: a few of each source, and never all. Pure.

Who has a pass says so within a round trip. So nobody who comes is turned away: where too many
wait, the one goes that has waited longest, of the same source where that has its share, else of
the largest network. Strangers who keep silent push out each other.
"""

from collections import Counter
from collections.abc import Hashable
from typing import Generic, TypeVar

from contracts.hosts import network_of

MOST, MOST_OF_ONE = 64, 8
"""In all, and of one source: an IPv4 address, or the /64 of IPv6 that one line is given."""

T = TypeVar("T", bound=Hashable)


class Knocking(Generic[T]):
    """The connections that wait, the oldest first. Not thread-safe."""

    def __init__(self, *, most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        self._most, self._most_of_one = most, most_of_one
        self._waiting: dict[T, tuple[str, str]] = {}
        self.let_go_total = 0

    def come(self, one: T, address: str) -> T | None:
        """Have one more wait; return which other one is to go for it."""
        source = network_of(address)
        goes = self._who_goes(source)
        if goes is not None:
            del self._waiting[goes]
            self.let_go_total += 1
        self._waiting[one] = source, network_of(address, is_wide=True)
        return goes

    def leave(self, one: T) -> None:
        """Say that it has proved who it is, or has gone."""
        self._waiting.pop(one, None)

    def _who_goes(self, source: str) -> T | None:
        own = [one for one, (its, _) in self._waiting.items() if its == source]
        if len(own) >= self._most_of_one:
            return own[0]
        if len(self._waiting) < self._most:
            return None
        [(largest, _)] = Counter(wide for _, wide in self._waiting.values()).most_common(1)
        return next(one for one, (_, wide) in self._waiting.items() if wide == largest)
