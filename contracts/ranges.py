"""Sets of sequence numbers as ascending inclusive ranges that do not touch.

The centre keeps what it holds of an outbox this way, and a point reads from it what
it has still to send. Two sets that hold the same numbers are equal values.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RangeSet:
    """Numbers held; build it with `union` or grow it with `with_numbers`."""

    ranges: tuple[Range, ...] = ()

    @classmethod
    def union(cls, ranges: Iterable[Range]) -> "RangeSet":
        """Return the union of ranges in any order, overlapping or not; reversed ones are empty."""
        return cls(_merged(sorted(one for one in ranges if one[0] <= one[1])))

    def __contains__(self, number: int) -> bool:
        """Return whether the number is held."""
        place = bisect_right(self.ranges, (number, _NO_END)) - 1
        return place >= 0 and number <= self.ranges[place][1]

    def __len__(self) -> int:
        """Return how many numbers are held."""
        return sum(last - first + 1 for first, last in self.ranges)

    def with_numbers(self, numbers: Iterable[int]) -> "RangeSet":
        """Return this set and the numbers."""
        added = _merged((number, number) for number in sorted(numbers))
        if not added:
            return self
        head = bisect_left(self.ranges, (added[0][0] - 1,))
        if head > 0 and self.ranges[head - 1][1] >= added[0][0] - 1:
            head -= 1
        return RangeSet(self.ranges[:head] + _merged(sorted((*self.ranges[head:], *added))))

    def missing(self, *, first: int, last: int) -> tuple[Range, ...]:
        """Return the ranges within first..last that are not held."""
        gaps: list[Range] = []
        next_wanted = first
        for begin, end in self.ranges:
            if end < next_wanted:
                continue
            if begin > last:
                break
            if begin > next_wanted:
                gaps.append((next_wanted, begin - 1))
            next_wanted = end + 1
        if next_wanted <= last:
            gaps.append((next_wanted, last))
        return tuple(gaps)

    def coarsened(self, count: int) -> "RangeSet":
        """Return this set as at most `count` ranges: holes between the lowest are filled."""
        if len(self.ranges) <= count:
            return self
        rest = self.ranges[len(self.ranges) - count + 1 :]
        return RangeSet(((self.ranges[0][0], self.ranges[-count][1]), *rest))

    def highest(self, count: int) -> tuple[tuple[Range, ...], int]:
        """Return at most `count` of the highest ranges, and from which number on that is all."""
        if len(self.ranges) <= count:
            return self.ranges, 0
        kept = self.ranges[-count:]
        return kept, self.ranges[-count - 1][1] + 1


_NO_END = 2**64


def _merged(ascending: Iterable[Range]) -> tuple[Range, ...]:
    merged: list[Range] = []
    for first, last in ascending:
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)
