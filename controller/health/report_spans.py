"""Over which time availability is told: one of the usual spans, a month, or from day to day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from contracts.local_days import ZONE, day_of, midnight
from contracts.message import EARLIEST
from controller.errors import BadEntry
from monitoring.judgement.periods import Period

USUAL = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
DEFAULT, MONTH_KEY, DAYS_KEY = "30d", "month", "days"
MONTHS = 24
MAX_DAYS = 2 * 366
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True)
class ReportSpan:
    """A time to tell of; `query` is what leads to it, `month` its first day where it is one."""

    key: str
    period: Period
    query: str

    @property
    def first_day(self) -> date:
        """The day on which it begins, in Vietnam."""
        return day_of(self.period.begins_at)

    @property
    def last_day(self) -> date:
        """The last day of it, in Vietnam."""
        return (self.period.ends_at - timedelta(microseconds=1)).astimezone(ZONE).date()


def chosen(asked: Mapping[str, str], now: datetime) -> ReportSpan:
    """Return the span that an address asks for: by its days, its month, or its key.

    Raises:
        BadEntry: the month or the days are none, to come, in the wrong order, or too far apart.
    """
    first, last = asked.get("from", ""), asked.get("to", "")
    if first or last:
        return _days(first, last, now)
    if month := asked.get("month", ""):
        return _month(month, now)
    key = asked.get("span", "")
    known = key if key in USUAL else DEFAULT
    return ReportSpan(known, Period(now - USUAL[known], now), f"span={known}")


def months(now: datetime) -> list[date]:
    """Return the first days of the months that can be chosen, the newest first."""
    day = day_of(now).replace(day=1)
    found = []
    for _ in range(MONTHS):
        found.append(day)
        day = (day - timedelta(days=1)).replace(day=1)
    return found


def _days(first: str, last: str, now: datetime) -> ReportSpan:
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
        period = Period(midnight(begin), midnight(end + timedelta(days=1)))
    except (ValueError, OverflowError) as exc:
        raise _no_days() from exc
    if not 0 <= (end - begin).days < MAX_DAYS or not EARLIEST <= period.begins_at < now:
        raise _no_days()
    return ReportSpan(DAYS_KEY, period, urlencode({"from": begin, "to": end}))


def _month(text: str, now: datetime) -> ReportSpan:
    found = _MONTH.fullmatch(text)
    try:
        begin = date(int(found[1]), int(found[2]), 1) if found else None
        after = (begin + timedelta(days=31)).replace(day=1) if begin else None
    except (ValueError, OverflowError):
        begin = after = None
    if begin is None or after is None or not EARLIEST <= midnight(begin) < now:
        raise BadEntry("Chọn một tháng đã bắt đầu.", "Choose a month that has begun.")
    return ReportSpan(MONTH_KEY, Period(midnight(begin), midnight(after)), f"month={text}")


def _no_days() -> BadEntry:
    return BadEntry(
        f"Chọn ngày đầu và ngày cuối: không ở tương lai, đúng thứ tự, tối đa {MAX_DAYS} ngày.",
        f"Choose a first and a last day: not to come, in order, {MAX_DAYS} days at most.",
    )
