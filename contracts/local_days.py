"""Vietnam's zone and days: people read and type times in it, whatever times come in. Pure."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def day_of(instant: datetime) -> date:
    """Return the day in Vietnam that an instant falls on."""
    return instant.astimezone(ZONE).date()


def day_in_name(instant: datetime) -> str:
    """Return the day in Vietnam as names of files carry it, e.g. 20261129."""
    return f"{day_of(instant):%Y%m%d}"


def midnight(day: date) -> datetime:
    """Return when a day begins in Vietnam."""
    return datetime.combine(day, time(), ZONE)
