"""How long a point was up, down, excluded or unknown in a period, exactly.

Periods are half-open: [begins_at, ends_at). Of every period

    up + down + excluded + unknown + before = its length up to now

where `before` is the time until the point was first heard of, which counts for
nothing, and what lies after now is no part of it yet; what is left without it is what was
agreed. Only what was agreed may be part of the period: office hours, or a point's meetings.
Degraded counts as up: the room's meeting goes on. Time of declared maintenance is excluded,
whatever the point was then. Time in which a point was shut out, its certificate revoked, is
unknown: nobody wanted to hear it. An open interval lasts until now. Where the centre's own
record ends (`listened_until`) what follows is unknown.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.local_days import day_of, midnight
from monitoring.judgement import periods
from monitoring.judgement.periods import Period, clipped, within
from monitoring.judgement.presence import PresenceState

_ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class Interval:
    """A stored state of a point; `ended_at` None: still so."""

    state: PresenceState
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Uptime:
    """The parts of a period; `ratio` leaves out what is unknown; `degraded` is part of `up`."""

    up: timedelta = _ZERO
    down: timedelta = _ZERO
    unknown: timedelta = _ZERO
    before: timedelta = _ZERO
    excluded: timedelta = _ZERO
    degraded: timedelta = _ZERO

    @property
    def ratio(self) -> float | None:
        """Up of what is known, 0 to 1; None: nothing is known."""
        known = self.up + self.down
        return self.up / known if known else None

    @property
    def agreed(self) -> timedelta:
        """The time in which the point was to be up, without that before it was heard of."""
        return self.up + self.down + self.excluded + self.unknown

    def __add__(self, other: "Uptime") -> "Uptime":
        """Return the parts of two adjoining periods, or of two points, taken together."""
        return Uptime(
            self.up + other.up,
            self.down + other.down,
            self.unknown + other.unknown,
            self.before + other.before,
            self.excluded + other.excluded,
            self.degraded + other.degraded,
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
    if within(Period(one.began_at, ended_at), period).length == _ZERO:
        yield one
        return
    if one.began_at < period.begins_at:
        yield replace(one, ended_at=period.begins_at)
    if period.ends_at < ended_at:
        yield replace(one, began_at=period.ends_at)


def uptime(
    intervals: Iterable[Interval],
    period: Period,
    *,
    now: datetime,
    listened_until: datetime | None = None,
    shut_out: Iterable[Period] = (),
    excluded: Iterable[Period] = (),
    agreed: Iterable[Period] | None = None,
    first_at: datetime | None = None,
) -> Uptime:
    """Return the parts of a period from a point's intervals, in any order, not overlapping.

    Args:
        shut_out: when the point was; in any order, as `excluded` and `agreed`.
        agreed: when it was to be up; None: always.
        first_at: when it was first heard of; None: when the first of the intervals began.
    """
    passed = clipped(period, now)
    known_until = now if listened_until is None else min(listened_until, now)
    history = list(intervals)
    if first_at is None:
        first_at = min((one.began_at for one in history), default=passed.ends_at)
    excluded, shut_out = list(excluded), list(shut_out)
    if agreed is None and not excluded and not shut_out:
        return _whole(history, passed, known_until, first_at)
    wanted = periods.joined([passed])
    if agreed is not None:
        wanted = periods.common(wanted, periods.joined(agreed))
    counted = periods.common(wanted, [Period(first_at, max(first_at, passed.ends_at))])
    out = periods.joined(excluded)
    judged = periods.without(counted, periods.joined([*out, *shut_out]))
    lengths = periods.overlaps(
        ((one.began_at, one.ended_at or known_until) for one in history), judged
    )
    states = (one.state for one in history)
    up, down, degraded = _spent(zip(states, lengths, strict=True))
    left_out = periods.total(periods.common(counted, out))
    return Uptime(
        up=up,
        down=down,
        unknown=periods.total(counted) - left_out - up - down,
        before=periods.total(wanted) - periods.total(counted),
        excluded=left_out,
        degraded=degraded,
    )


def _spent(times: Iterable[tuple[PresenceState, timedelta]]) -> tuple[timedelta, ...]:
    """Return how long it was up, down, and degraded, which is part of the first."""
    up = down = degraded = _ZERO
    for state, length in times:
        if length <= _ZERO:
            continue
        if state is PresenceState.UP:
            up += length
        elif state is PresenceState.DOWN:
            down += length
        elif state is PresenceState.DEGRADED:
            up += length
            degraded += length
    return up, down, degraded


def _whole(
    history: Iterable[Interval], passed: Period, known_until: datetime, first_at: datetime
) -> Uptime:
    """Return the parts of a period all of which counts, as nearly every one of them does."""
    ends_at = passed.ends_at
    begins_at = min(max(first_at, passed.begins_at), ends_at)
    up, down, degraded = _spent(
        (one.state, min(one.ended_at or known_until, ends_at) - max(one.began_at, begins_at))
        for one in history
    )
    return Uptime(
        up=up,
        down=down,
        unknown=ends_at - begins_at - up - down,
        before=begins_at - passed.begins_at,
        degraded=degraded,
    )


def in_parts(
    intervals: Iterable[Interval],
    parts: Sequence[Period],
    *,
    now: datetime,
    listened_until: datetime | None = None,
    shut_out: Iterable[Period] = (),
    excluded: Iterable[Period] = (),
) -> list[Uptime]:
    """Return the same of each of a period's parts, from those intervals alone that touch it.

    Args:
        parts: which adjoin, oldest first.
    """
    history, out, excluded = list(intervals), list(shut_out), list(excluded)
    first_at = min((one.began_at for one in history), default=None)
    own = [history] if len(parts) == 1 else _by_part(history, parts)
    return [
        uptime(
            mine,
            part,
            now=now,
            listened_until=listened_until,
            shut_out=[one for one in out if periods.touch(one, part)],
            excluded=[one for one in excluded if periods.touch(one, part)],
            first_at=first_at or part.ends_at,
        )
        for mine, part in zip(own, parts, strict=True)
    ]


def _by_part(history: Iterable[Interval], parts: Sequence[Period]) -> list[list[Interval]]:
    """Return the intervals that touch each part."""
    begins = [one.begins_at for one in parts]
    own: list[list[Interval]] = [[] for _ in parts]
    for one in history:
        place, ended_at = max(0, bisect_right(begins, one.began_at) - 1), one.ended_at
        while place < len(parts) and (ended_at is None or begins[place] < ended_at):
            own[place].append(one)
            place += 1
    return own


def from_parts(passed: Period, known: Uptime, first_at: datetime) -> Uptime:
    """Return the parts of a clipped period, given what of it is known, with what is not."""
    before = min(max(first_at - passed.begins_at, _ZERO), passed.length)
    rest = passed.length - before - known.up - known.down - known.excluded
    return replace(known, unknown=rest, before=before)


def today(now: datetime) -> Period:
    """Return the day in Vietnam that `now` falls on, whole."""
    begins_at = midnight(day_of(now))
    return Period(begins_at, begins_at + timedelta(days=1))


def last_days(days: int, now: datetime) -> Period:
    """Return the days x 24 hours that end now."""
    return Period(now - timedelta(days=days), now)
