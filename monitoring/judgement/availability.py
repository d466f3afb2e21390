"""How long a point was up, down or unknown in a period, exactly.

Periods are half-open: [begins_at, ends_at). Of every period

    up + down + unknown + before = its length up to now

where `before` is the time until the point was first heard of, which counts for
nothing, and what lies after now is no part of it yet. Degraded counts as up: the
room's meeting goes on. Time in which a point was shut out, its certificate revoked, is
unknown: nobody wanted to hear it. An open interval lasts until now. Where the centre's own
record ends (`listened_until`) what follows is unknown.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitoring.judgement.presence import PresenceState

LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
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


@dataclass(frozen=True, slots=True)
class Interval:
    """A stored state of a point; `ended_at` None: still so."""

    state: PresenceState
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Uptime:
    """The parts of a period; `ratio` leaves out what is unknown."""

    up: timedelta = _ZERO
    down: timedelta = _ZERO
    unknown: timedelta = _ZERO
    before: timedelta = _ZERO

    @property
    def ratio(self) -> float | None:
        """Up of what is known, 0 to 1; None: nothing is known."""
        known = self.up + self.down
        return self.up / known if known else None

    def __add__(self, other: "Uptime") -> "Uptime":
        """Return the parts of two adjoining periods taken together."""
        return Uptime(
            self.up + other.up,
            self.down + other.down,
            self.unknown + other.unknown,
            self.before + other.before,
        )


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a point was down; `unknown` of it the centre was not listening."""

    began_at: datetime
    ended_at: datetime | None
    unknown: timedelta = _ZERO

    def down(self, now: datetime) -> timedelta:
        """Return how long it was known to be down."""
        return (self.ended_at or now) - self.began_at - self.unknown


def outages(intervals: Iterable[Interval]) -> list[Outage]:
    """Return the outages of a point from its intervals, oldest first in both.

    What was there before and after a time in which the centre did not listen is one outage.
    """
    found: list[Outage] = []
    between: timedelta | None = None  # since the last outage; None: something else was known
    for one in intervals:
        if one.state is PresenceState.UNKNOWN and one.ended_at is not None:
            between = None if between is None else between + (one.ended_at - one.began_at)
        elif one.state is not PresenceState.DOWN:
            between = None
        elif between is None:
            found.append(Outage(one.began_at, one.ended_at))
            between = _ZERO
        else:
            last = found.pop()
            found.append(Outage(last.began_at, one.ended_at, last.unknown + between))
            between = _ZERO
    return found


def outside(
    intervals: Iterable[Interval], shut_out: Iterable[Period], *, now: datetime
) -> list[Interval]:
    """Return intervals without the times in which the point was shut out."""
    left = list(intervals)
    for period in shut_out:
        left = [part for one in left for part in _without(one, period, now)]
    return left


def _without(one: Interval, period: Period, now: datetime) -> Iterator[Interval]:
    """Give what comes before a period, and what comes after one that is over."""
    ended_at = now if one.ended_at is None else one.ended_at
    if _common(Period(one.began_at, ended_at), period).length == _ZERO:
        yield one
        return
    if one.began_at < period.begins_at:
        yield replace(one, ended_at=period.begins_at)
    if period.ends_at < ended_at:
        yield replace(one, began_at=period.ends_at)


def clipped(period: Period, now: datetime) -> Period:
    """Return the part of the period that has passed."""
    ends_at = max(min(period.ends_at, now), period.begins_at)
    return Period(period.begins_at, ends_at)


def uptime(
    intervals: Iterable[Interval],
    period: Period,
    *,
    now: datetime,
    listened_until: datetime | None = None,
    shut_out: Sequence[Period] = (),
) -> Uptime:
    """Return the parts of a period from a point's intervals, in any order, not overlapping.

    Args:
        shut_out: when the point was; in any order, not overlapping.
    """
    passed = clipped(period, now)
    known_until = now if listened_until is None else min(listened_until, now)
    spent = dict.fromkeys(PresenceState, _ZERO)
    first_at: datetime | None = None
    for interval in intervals:
        first_at = interval.began_at if first_at is None else min(first_at, interval.began_at)
        ended_at = known_until if interval.ended_at is None else interval.ended_at
        seen = _common(Period(interval.began_at, ended_at), passed)
        lost = sum((_common(seen, one).length for one in shut_out), _ZERO)
        spent[interval.state] += seen.length - lost
    return from_parts(
        passed,
        up=spent[PresenceState.UP] + spent[PresenceState.DEGRADED],
        down=spent[PresenceState.DOWN],
        first_at=first_at,
    )


def _common(one: Period, other: Period) -> Period:
    return Period(max(one.begins_at, other.begins_at), min(one.ends_at, other.ends_at))


def from_parts(
    passed: Period, *, up: timedelta, down: timedelta, first_at: datetime | None
) -> Uptime:
    """Return the parts of a clipped period, given what of it is known."""
    counted_from = passed.ends_at if first_at is None else first_at
    before = min(max(counted_from - passed.begins_at, _ZERO), passed.length)
    return Uptime(up=up, down=down, unknown=passed.length - before - up - down, before=before)


def today(now: datetime) -> Period:
    """Return the day in Vietnam that `now` falls on, whole."""
    day = now.astimezone(LOCAL_ZONE).date()
    begins_at = datetime.combine(day, time(), LOCAL_ZONE)
    return Period(begins_at, begins_at + timedelta(days=1))


def last_days(days: int, now: datetime) -> Period:
    """Return the days x 24 hours that end now."""
    return Period(now - timedelta(days=days), now)
