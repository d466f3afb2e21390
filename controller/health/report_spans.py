"""Over which time availability is told: one of the usual spans, a month, or from day to day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.local_days import day_of, midnight
from contracts.message import EARLIEST
from controller.errors import BadEntry
from controller.health.days_asked import DAYS_KEY, AskedSpan, days_asked
from monitoring.judgement.periods import Period

USUAL = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
DEFAULT, MONTH_KEY = "30d", "month"
MONTHS = 24
MAX_DAYS = 2 * 366
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True)
class ReportSpan(AskedSpan):
    """A time to tell of."""

    @property
    def query(self) -> str:
        """What leads to it, for an address."""
        if self.key == DAYS_KEY:
            return self.days_query
        return f"month={self.first_day:%Y-%m}" if self.key == MONTH_KEY else f"span={self.key}"


def chosen(asked: Mapping[str, str], now: datetime) -> ReportSpan:
    """Return the span that an address asks for: by its days, its month, or its key.

    Raises:
        BadEntry: the month or the days are none, to come, in the wrong order, or too far apart.
    """
    first, last = asked.get("from", ""), asked.get("to", "")
    if first or last:
        return ReportSpan(DAYS_KEY, days_asked(first, last, now, most_days=MAX_DAYS))
    if month := asked.get("month", ""):
        return _month(month, now)
    key = asked.get("span", "")
    known = key if key in USUAL else DEFAULT
    return ReportSpan(known, Period(now - USUAL[known], now))


def months(now: datetime) -> list[date]:
    """Return the first days of the months that can be chosen, the newest first."""
    day = day_of(now).replace(day=1)
    found = []
    for _ in range(MONTHS):
        found.append(day)
        day = (day - timedelta(days=1)).replace(day=1)
    return found


def _month(text: str, now: datetime) -> ReportSpan:
    found = _MONTH.fullmatch(text)
    try:
        begin = date(int(found[1]), int(found[2]), 1) if found else None
        after = (begin + timedelta(days=31)).replace(day=1) if begin else None
    except (ValueError, OverflowError):
        begin = after = None
    if begin is None or after is None or not EARLIEST <= midnight(begin) < now:
        raise BadEntry("Chọn một tháng đã bắt đầu.", "Choose a month that has begun.")
    return ReportSpan(MONTH_KEY, Period(midnight(begin), midnight(after)))
