"""Over which time availability is mapped: a month by its days, or a year by its weeks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from contracts.local_days import day_of, midnight
from controller.health import report_spans
from controller.health.days_asked import DAYS_KEY
from controller.health.report_spans import MONTH_KEY, ReportSpan
from monitoring.judgement.periods import Period

YEAR = "year"
WEEKS = 53


@dataclass(frozen=True, slots=True)
class MapSpan(ReportSpan):
    """A time to map; `parts`: its days or weeks, which adjoin."""

    parts: tuple[Period, ...]

    @property
    def is_by_week(self) -> bool:
        """Whether its parts are weeks."""
        return self.key != MONTH_KEY

    @property
    def map_query(self) -> str:
        """What leads to its map, for an address."""
        return f"month={YEAR}" if self.is_by_week else f"month={self.first_day:%Y-%m}"


def chosen(text: str, now: datetime) -> MapSpan:
    """Return the time that an address asks for: a month, or the 53 weeks up to now.

    Args:
        text: empty for the month that is now.

    Raises:
        BadEntry: it is no month, or one to come.
    """
    if text == YEAR:
        monday = day_of(now) - timedelta(days=day_of(now).weekday())
        first = monday - timedelta(weeks=WEEKS - 1)
        return _parted(DAYS_KEY, (first + timedelta(weeks=one) for one in range(WEEKS + 1)))
    span = report_spans.chosen({"month": text or f"{day_of(now):%Y-%m}"}, now)
    days = (span.last_day - span.first_day).days + 1
    return _parted(MONTH_KEY, (span.first_day + timedelta(days=one) for one in range(days + 1)))


def _parted(key: str, days: Iterable[date]) -> MapSpan:
    edges = [midnight(one) for one in days]
    parts = tuple(Period(*pair) for pair in pairwise(edges))
    return MapSpan(key, Period(edges[0], edges[-1]), parts)
