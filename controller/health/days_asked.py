"""Days that an address asks for, from one to another: both of them whole, and Vietnam's."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from contracts.local_days import day_of, midnight
from contracts.message import EARLIEST
from controller.errors import BadEntry
from monitoring.judgement.periods import Period

DAYS_KEY = "days"


@dataclass(frozen=True, slots=True)
class AskedSpan:
    """A time that is asked for: by the key of a usual one, or by its days."""

    key: str
    period: Period

    @property
    def first_day(self) -> date:
        """The day on which it begins."""
        return day_of(self.period.begins_at)

    @property
    def last_day(self) -> date:
        """The last day that any of it is in."""
        return day_of(self.period.ends_at - timedelta(microseconds=1))

    @property
    def days_query(self) -> str:
        """What of an address asks for its days."""
        return urlencode({"from": self.first_day, "to": self.last_day})


def days_asked(first: str, last: str, now: datetime, *, most_days: int) -> Period:
    """Return the time of two days and all between them; it may reach beyond now.

    Raises:
        BadEntry: the days are none, to come, in the wrong order, or too far apart.
    """
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
        period = Period(midnight(begin), midnight(end + timedelta(days=1)))
    except (ValueError, OverflowError) as exc:
        raise _refused(most_days) from exc
    if not 0 <= (end - begin).days < most_days or not EARLIEST <= period.begins_at < now:
        raise _refused(most_days)
    return period


def _refused(most_days: int) -> BadEntry:
    return BadEntry(
        f"Chọn ngày đầu và ngày cuối: không ở tương lai, đúng thứ tự, tối đa {most_days} ngày.",
        f"Choose a first and a last day: not to come, in order, {most_days} days at most.",
    )
