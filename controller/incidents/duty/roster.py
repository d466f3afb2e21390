"""Who is on duty when: shifts of each week, swaps of single dates, and what nobody covers. Pure.

Times of day are Vietnam's, where every day has 24 hours.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.local_days import day_of, midnight
from monitoring.judgement.periods import Period

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WeeklyShift:
    """A shift of each week; Monday is 0. What ends before it begins ends the next day."""

    person_id: str
    weekday: int
    from_min: int
    until_min: int


@dataclass(frozen=True, slots=True)
class Swap:
    """On one date somebody takes the shifts of another that begin then."""

    on_date: date
    out_id: str
    in_id: str


@dataclass(frozen=True, slots=True)
class DutySpan:
    """Somebody on duty, half-open; `instead_of`: whose shift it was."""

    person_id: str
    begins_at: datetime
    ends_at: datetime
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class RosterGap:
    """A time in which nobody answers for a branch; the empty one is all of it."""

    unit_id: str
    period: Period


def spans(
    shifts: Iterable[WeeklyShift], swaps: Iterable[Swap], *, begins_at: datetime, ends_at: datetime
) -> list[DutySpan]:
    """Return who is on duty within a time, in order; whole shifts, not clipped."""
    given = {(one.on_date, one.out_id): one.in_id for one in swaps}
    weekly = list(shifts)
    found = []
    for on_date in _dates(begins_at - DAY, ends_at):
        for shift in weekly:
            if shift.weekday != on_date.weekday():
                continue
            span = _span(shift, on_date, given.get((on_date, shift.person_id), ""))
            if span.begins_at < ends_at and span.ends_at > begins_at:
                found.append(span)
    return sorted(found, key=lambda one: (one.begins_at, one.ends_at, one.person_id))


def _dates(first: datetime, last: datetime) -> Iterator[date]:
    on_date = day_of(first)
    while on_date <= day_of(last):
        yield on_date
        on_date += DAY


def _span(shift: WeeklyShift, on_date: date, in_id: str) -> DutySpan:
    day_at = midnight(on_date)
    ends_at = day_at + timedelta(minutes=shift.until_min)
    if shift.until_min <= shift.from_min:
        ends_at += DAY
    begins_at = day_at + timedelta(minutes=shift.from_min)
    who = in_id or shift.person_id
    return DutySpan(who, begins_at, ends_at, shift.person_id if in_id else "")


def on_duty(found: Iterable[DutySpan], now: datetime) -> list[str]:
    """Return who is on duty at an instant, each once."""
    on = (one.person_id for one in found if one.begins_at <= now < one.ends_at)
    return list(dict.fromkeys(on))


def answering(branches: Mapping[str, str], on: Iterable[str], units: Iterable[str]) -> list[str]:
    """Return who of those on duty answers for some units, or for everything.

    Args:
        branches: of each person the unit for which they answer; empty: all.
        units: those of an incident's points and above; none where it is the centre's own.
    """
    concerned = {"", *units}
    return [one for one in on if branches.get(one, "") in concerned]


def gaps(
    found: Sequence[DutySpan],
    branches: Mapping[str, str],
    *,
    begins_at: datetime,
    ends_at: datetime,
) -> list[RosterGap]:
    """Return what nobody covers within a time, of each branch that somebody answers for."""
    return [
        RosterGap(unit_id, period)
        for unit_id in sorted(set(branches.values()))
        for period in _uncovered(
            [one for one in found if branches.get(one.person_id) in ("", unit_id)],
            begins_at,
            ends_at,
        )
    ]


def _uncovered(
    covering: Iterable[DutySpan], begins_at: datetime, ends_at: datetime
) -> Iterator[Period]:
    covered_until = begins_at
    for one in covering:
        if one.begins_at > covered_until:
            yield Period(covered_until, min(one.begins_at, ends_at))
        covered_until = max(covered_until, one.ends_at)
    if covered_until < ends_at:
        yield Period(covered_until, ends_at)
