"""What keeps anything from growing or running without end: buckets, bounded maps, rare words.

Pure: time arrives as `now_s`, monotonic seconds of whatever clock the caller keeps to.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, MutableMapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MAX_KEYS = 4096


class TokenBucket:
    """At most `burst` at once and `per_s` in the long run; it begins full."""

    __slots__ = ("_burst", "_filled_at_s", "_per_s", "_tokens")

    def __init__(self, *, per_s: float, burst: float) -> None:
        self._per_s = per_s
        self._burst = burst
        self._tokens = burst
        self._filled_at_s: float | None = None

    def take(self, *, now_s: float, amount: float = 1.0) -> bool:
        """Take `amount` tokens if that many are there; return whether they were."""
        if self.left(now_s=now_s) < amount:
            return False
        self._tokens -= amount
        return True

    def spend(self, *, now_s: float, amount: float = 1.0) -> None:
        """Take `amount` tokens, or all that are left: for what happens in any case."""
        self._tokens = max(0.0, self.left(now_s=now_s) - amount)

    def left(self, *, now_s: float) -> float:
        """Return how many tokens are there now."""
        if self._filled_at_s is not None and now_s > self._filled_at_s:
            filled = self._tokens + (now_s - self._filled_at_s) * self._per_s
            self._tokens = filled if filled < self._burst else self._burst
        self._filled_at_s = now_s
        return self._tokens


class BoundedMap(MutableMapping[K, V], Generic[K, V]):
    """A map that forgets the key written longest ago when there are more than `limit`."""

    def __init__(self, limit: int = MAX_KEYS) -> None:
        self._limit = limit
        self._values: OrderedDict[K, V] = OrderedDict()

    def __getitem__(self, key: K) -> V:
        """Return the value; reading does not make a key younger."""
        return self._values[key]

    def __contains__(self, key: object) -> bool:
        """Return whether there is such a key."""
        return key in self._values

    def __setitem__(self, key: K, value: V) -> None:
        """Set a value and make its key the youngest."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._limit:
            self._values.popitem(last=False)

    def __delitem__(self, key: K) -> None:
        """Forget one key."""
        del self._values[key]

    def __iter__(self) -> Iterator[K]:
        """Go through the keys, the oldest first."""
        return iter(self._values)

    def __len__(self) -> int:
        """Return how many keys there are."""
        return len(self._values)


class Seldom(Generic[K]):
    """When to tell of what happens often: of each key once in `every_s`."""

    def __init__(self, *, every_s: float, limit: int = MAX_KEYS) -> None:
        self._every_s = every_s
        self._told_at_s: BoundedMap[K, float] = BoundedMap(limit)
        self._untold: BoundedMap[K, int] = BoundedMap(limit)

    def untold(self, key: K, *, now_s: float) -> int | None:
        """Return how often it was kept back since it was last told; None: keep it back again.

        A clock that went back keeps nothing back.
        """
        told_at_s = self._told_at_s.get(key)
        if told_at_s is not None and 0 <= now_s - told_at_s < self._every_s:
            self._untold[key] = self._untold.get(key, 0) + 1
            return None
        self._told_at_s[key] = now_s
        return self._untold.pop(key, 0)


class KeyedBuckets(Generic[K]):
    """A token bucket for each key; of too many keys those are forgotten that asked longest ago."""

    def __init__(self, *, per_s: float, burst: float, limit: int = MAX_KEYS) -> None:
        self._new: Callable[[], TokenBucket] = lambda: TokenBucket(per_s=per_s, burst=burst)
        self._buckets: BoundedMap[K, TokenBucket] = BoundedMap(limit)

    def take(self, key: K, *, now_s: float, amount: float = 1.0) -> bool:
        """Take from the key's bucket; return whether enough was there."""
        bucket = self._buckets.get(key) or self._new()
        self._buckets[key] = bucket
        return bucket.take(now_s=now_s, amount=amount)
