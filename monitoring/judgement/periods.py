"""Spans of time and sets of them. Pure.

A set is a list of periods, oldest first, that neither overlap nor touch (`joined`).
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open span of time."""

    begins_at: datetime
    ends_at: datetime

    @property
    def length(self) -> timedelta:
        """How long it is; never negative."""
        return max(self.ends_at - self.begins_at, _ZERO)


def clipped(period: Period, now: datetime) -> Period:
    """Return the part of the period that has passed."""
    ends_at = max(min(period.ends_at, now), period.begins_at)
    return Period(period.begins_at, ends_at)


def in_utc(one: Period) -> Period:
    """Return the same span in UTC: times of one zone are compared in a tenth of the time.

    For what many are compared with; days and office hours are written in Vietnam's zone.
    """
    return Period(one.begins_at.astimezone(UTC), one.ends_at.astimezone(UTC))


def within(one: Period, other: Period) -> Period:
    """Return what two spans have in common; of no length where that is nothing."""
    return Period(max(one.begins_at, other.begins_at), min(one.ends_at, other.ends_at))


def joined(periods: Iterable[Period]) -> list[Period]:
    """Return the set of all moments that any of some periods has, in any order."""
    found: list[Period] = []
    for one in sorted(periods, key=lambda period: period.begins_at):
        if one.ends_at <= one.begins_at:
            continue
        if found and one.begins_at <= found[-1].ends_at:
            ends_at = max(found[-1].ends_at, one.ends_at)
            found[-1] = Period(found[-1].begins_at, ends_at)
        else:
            found.append(one)
    return found


def common(one: Sequence[Period], other: Sequence[Period]) -> list[Period]:
    """Return what two sets have in common."""
    found: list[Period] = []
    place = other_place = 0
    while place < len(one) and other_place < len(other):
        mine, theirs = one[place], other[other_place]
        begins_at, ends_at = (
            max(mine.begins_at, theirs.begins_at),
            min(mine.ends_at, theirs.ends_at),
        )
        if begins_at < ends_at:
            found.append(Period(begins_at, ends_at))
        if mine.ends_at <= theirs.ends_at:
            place += 1
        else:
            other_place += 1
    return found


def without(one: Sequence[Period], other: Sequence[Period]) -> list[Period]:
    """Return what is in the first set and not in the second."""
    if not one or not other:
        return list(one)
    edges = [one[0].begins_at, *(at for gap in other for at in (gap.begins_at, gap.ends_at))]
    edges.append(max(one[-1].ends_at, edges[-1]))
    between = [Period(edges[at], edges[at + 1]) for at in range(0, len(edges), 2)]
    return common(one, joined(between))


def total(periods: Iterable[Period]) -> timedelta:
    """Return how long a set is."""
    return sum((one.length for one in periods), _ZERO)


def overlap(one: Period, periods: Sequence[Period]) -> timedelta:
    """Return how much of a span a set covers."""
    return next(overlaps([(one.begins_at, one.ends_at)], periods))


def overlaps(
    spans: Iterable[tuple[datetime, datetime]], periods: Sequence[Period]
) -> Iterator[timedelta]:
    """Return how much of each span a set covers, in as many steps as it has parts in it.

    Args:
        spans: from when to when, in any order.
    """
    begins = [part.begins_at for part in periods]
    for begins_at, ends_at in spans:
        found = _ZERO
        place = max(0, bisect_right(begins, begins_at) - 1)
        while place < len(begins) and begins[place] < ends_at:
            length = min(ends_at, periods[place].ends_at) - max(begins_at, begins[place])
            if length > _ZERO:
                found += length
            place += 1
        yield found


def touch(one: Period, other: Period) -> bool:
    """Return whether two spans have more than an edge in common."""
    return max(one.begins_at, other.begins_at) < min(one.ends_at, other.ends_at)
