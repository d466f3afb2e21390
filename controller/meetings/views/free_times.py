"""When a meeting could be held instead: the next times all chosen rooms are free."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from contracts.ids import MeetingId, PointId
from controller.meetings.booking import Booking
from controller.web.i18n.language import ZONE

STEP = timedelta(minutes=15)
DAY_BEGINS, DAY_ENDS = time(7), time(18)
HORIZON_DAYS = 14
HORIZON = timedelta(days=HORIZON_DAYS)
_SATURDAY = 5


def free_starts(
    wanted: Booking, others: Sequence[Booking], *, now: datetime, limit: int = 3
) -> list[datetime]:
    """Return up to `limit` starts: the first one left that day, then one of each day after.

    On a later day the wanted hour comes first, else the day's earliest. Weekends and
    hours outside the working day are left out.
    """
    length = wanted.ends_at - wanted.begins_at
    busy = [one for one in others if one.points & wanted.points]
    found: list[datetime] = []
    for day in range(HORIZON_DAYS):
        for start in _starts(wanted.begins_at, day, length):
            if start > now and start != wanted.begins_at and _is_free(start, length, busy):
                found.append(start)
                break
        if len(found) == limit:
            break
    return found


def _starts(begins_at: datetime, day: int, length: timedelta) -> list[datetime]:
    local = begins_at.astimezone(ZONE)
    date = local.date() + timedelta(days=day)
    if date.weekday() >= _SATURDAY and day > 0:
        return []
    start = datetime.combine(date, DAY_BEGINS, ZONE)
    end = datetime.combine(date, DAY_ENDS, ZONE)
    same_hour = datetime.combine(date, local.time(), ZONE)
    grid: list[datetime] = [same_hour] if day > 0 else []
    while start + length <= end:
        if day > 0 or start > begins_at:
            grid.append(start)
        start += STEP
    return grid


def _is_free(start: datetime, length: timedelta, busy: Sequence[Booking]) -> bool:
    return all(start + length <= one.begins_at or one.ends_at <= start for one in busy)


def booking_of(begins_at: datetime, ends_at: datetime, points: Sequence[str]) -> Booking:
    """Return what is asked for, as the rules of booking know it."""
    return Booking(MeetingId(""), "", begins_at, ends_at, frozenset(PointId(one) for one in points))
