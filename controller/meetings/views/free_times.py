"""When a meeting could be held instead: the next times all chosen rooms are free."""

from collections.abc import Sequence
from datetime import date as date_type
from datetime import datetime, time, timedelta

from contracts.ids import MeetingId, PointId
from contracts.local_days import ZONE, midnight
from controller.meetings.booking import Booking

STEP = timedelta(minutes=15)
DAY_BEGINS, DAY_ENDS = time(7), time(18)
HORIZON_DAYS = 14
HORIZON = timedelta(days=HORIZON_DAYS)
_SATURDAY = 5


def free_starts(
    wanted: Booking, others: Sequence[Booking], *, now: datetime, limit: int = 3
) -> list[datetime]:
    """Return up to `limit` starts: one of that day, then one of each day after.

    On the wanted day the next one after the wanted hour comes first, else the last before it;
    who wants an evening or a weekend is offered one. On a later day the wanted hour comes first,
    else the day's earliest; weekends and hours outside the working day are left out.
    """
    length = wanted.ends_at - wanted.begins_at
    busy = [one for one in others if one.points & wanted.points]
    found: list[datetime] = []
    for day in range(HORIZON_DAYS):
        for start in _starts(wanted.begins_at, day, length):
            if start > now and _is_free(start, length, busy):
                found.append(start)
                break
        if len(found) == limit:
            break
    return found


def _starts(begins_at: datetime, day: int, length: timedelta) -> list[datetime]:
    """Return a day's starts, the best first."""
    local = begins_at.astimezone(ZONE)
    date = local.date() + timedelta(days=day)
    if day == 0:
        grid = _grid(date, length, is_whole=not _is_in_working_day(local, length))
        later = [start for start in grid if start > begins_at]
        return later + [start for start in reversed(grid) if start < begins_at]
    if date.weekday() >= _SATURDAY:
        return []
    return [datetime.combine(date, local.time(), ZONE), *_grid(date, length)]


def _grid(date: date_type, length: timedelta, *, is_whole: bool = False) -> list[datetime]:
    start = datetime.combine(date, time(0) if is_whole else DAY_BEGINS, ZONE)
    end = (
        midnight(date + timedelta(days=1)) - STEP
        if is_whole
        else datetime.combine(date, DAY_ENDS, ZONE) - length
    )
    return [start + n * STEP for n in range(max(0, (end - start) // STEP + 1))]


def _is_in_working_day(local: datetime, length: timedelta) -> bool:
    ends = datetime.combine(local.date(), DAY_ENDS, ZONE)
    return local.weekday() < _SATURDAY and DAY_BEGINS <= local.time() and local + length <= ends


def _is_free(start: datetime, length: timedelta, busy: Sequence[Booking]) -> bool:
    return all(start + length <= one.begins_at or one.ends_at <= start for one in busy)


def booking_of(
    begins_at: datetime, ends_at: datetime, points: Sequence[str], *, of: str = ""
) -> Booking:
    """Return what is asked for, as the rules of booking know it; `of`: the meeting it is of."""
    return Booking(MeetingId(of), "", begins_at, ends_at, frozenset(PointId(one) for one in points))
