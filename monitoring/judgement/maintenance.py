"""Maintenance that people declare, ahead or afterwards: what holds, and what is refused. Pure.

Every declaration, change and withdrawal is a revision with the time at which it was made; none
is ever altered. What holds as of a time is the last revision of each made until then, so that
what was reported then can be reported again.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from monitoring.judgement.periods import Period

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=31)
MOST_BACK, MOST_AHEAD = timedelta(days=92), timedelta(days=366)
MENDED_WITHIN = timedelta(days=1)


class Scope(Enum):
    """What is maintained; values as stored."""

    POINT = "point"
    UNIT = "unit"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Maintenance:
    """One revision of a declaration. `subject_id`: the point or unit, empty where it is all.

    `first_at`: when it was declared at first.
    """

    maintenance_id: str
    revision: int
    scope: Scope
    subject_id: str
    period: Period
    reason: str
    made_at: datetime
    made_by: str
    first_at: datetime
    is_withdrawn: bool = False

    def covers(self, point_id: str, units: Collection[str]) -> bool:
        """Whether a point is part of it; `units`: its unit and those above."""
        match self.scope:
            case Scope.POINT:
                return self.subject_id == point_id
            case Scope.UNIT:
                return self.subject_id in units
        return True


class Absurd(Enum):
    """Why a time is refused."""

    ENDS_FIRST = "ends_first"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_OLD = "too_old"
    TOO_FAR = "too_far"


def standing(
    revisions: Iterable[Maintenance], *, as_of: datetime | None = None
) -> list[Maintenance]:
    """Return what holds, by its beginning; of revisions in any order.

    Args:
        as_of: only what had been declared, changed or withdrawn by then; None: everything.
    """
    newest: dict[str, Maintenance] = {}
    for one in revisions:
        if as_of is not None and one.made_at > as_of:
            continue
        known = newest.get(one.maintenance_id)
        if known is None or known.revision < one.revision:
            newest[one.maintenance_id] = one
    found = [one for one in newest.values() if not one.is_withdrawn]
    return sorted(found, key=lambda one: (one.period.begins_at, one.maintenance_id))


def absurdity(period: Period, now: datetime) -> Absurd | None:
    """Return why nobody can mean this; None: somebody can."""
    if period.ends_at <= period.begins_at:
        return Absurd.ENDS_FIRST
    if period.length < SHORTEST:
        return Absurd.TOO_SHORT
    if period.length > LONGEST:
        return Absurd.TOO_LONG
    if period.begins_at < now - MOST_BACK:
        return Absurd.TOO_OLD
    if period.begins_at > now + MOST_AHEAD:
        return Absurd.TOO_FAR
    return None


def may_change(one: Maintenance, now: datetime) -> bool:
    """Whether it may be changed or withdrawn: while not over.

    One that was declared afterwards is over from the first: a slip in it can be mended for a day.
    """
    was_afterwards = one.first_at >= one.period.ends_at
    return now < one.period.ends_at or (was_afterwards and now - one.first_at < MENDED_WITHIN)
