"""Which points are switched off for the night and not out. Pure.

A point that said goodbye in order outside office hours rests until somebody needs it: until a
meeting of its own is near. Whoever goes in the course of a working day, or says nothing, does not.
"""

from datetime import datetime, timedelta

from monitoring.judgement.availability import today
from monitoring.judgement.office_hours import OfficeHours

_WORD_LEAD = timedelta(minutes=2)


def rests(
    began_at: datetime,
    goodbye_at: datetime | None,
    meets_at: datetime | None,
    *,
    now: datetime,
    hours: OfficeHours,
    wakes: timedelta,
) -> bool:
    """Return whether a point that is not heard since `began_at` is only switched off.

    Args:
        goodbye_at: when it said goodbye, where that was its last word.
        meets_at: when its next meeting begins, or began.
        wakes: how long before a meeting it has to be there.
    """
    if goodbye_at is None or goodbye_at < began_at - _WORD_LEAD or _is_work(goodbye_at, hours):
        return False
    return meets_at is None or meets_at - now > wakes


def _is_work(at: datetime, hours: OfficeHours) -> bool:
    """Whether an instant lies between the first and the last hour of a working day."""
    opened = hours.open_in(today(at))
    return bool(opened) and opened[0].begins_at <= at < opened[-1].ends_at
