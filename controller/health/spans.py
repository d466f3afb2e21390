"""Which time a point's chart, table and file show: one of the usual spans, or from day to day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from controller.health.days_asked import DAYS_KEY, AskedSpan, days_asked
from controller.health.steps import Step
from monitoring.judgement.periods import Period, clipped

USUAL = {
    "1h": timedelta(hours=1),
    "6h": timedelta(hours=6),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
    "1y": timedelta(days=365),
}
DEFAULT = "24h"
MAX_DAYS = 5 * 366
# What is kept so long at least (controller/settings.py): reports, interfaces over five minutes.
MINUTES_FOR, MINUTES_SINCE = timedelta(hours=6), timedelta(days=14)
FINE_FOR, FINE_SINCE, HOURLY_FOR = timedelta(days=2), timedelta(days=30), timedelta(days=92)


@dataclass(frozen=True, slots=True)
class ChartSpan(AskedSpan):
    """A time to look at; `step` is what one value of it covers, `row` one row of its table."""

    step: Step
    row: Step

    @property
    def figure_step(self) -> Step:
        """What one value of a figure covers: of minutes only the line is kept."""
        return Step.FIVE_MINUTES if self.step is Step.MINUTE else self.step

    @property
    def query(self) -> str:
        """What leads to it, for an address; empty for the usual one."""
        if self.key == DEFAULT:
            return ""
        if self.key != DAYS_KEY:
            return f"?span={self.key}"
        return f"?{self.days_query}"


def chosen(key: str, first: str, last: str, now: datetime) -> ChartSpan:
    """Return the span that an address asks for: two days where they are given, else by its key.

    Raises:
        BadEntry: the days are none, in the wrong order, or too far apart.
    """
    if not first and not last:
        known = key if key in USUAL else DEFAULT
        return _span(known, Period(now - USUAL[known], now), now)
    asked = days_asked(first, last, now, most_days=MAX_DAYS)
    return _span(DAYS_KEY, clipped(asked, now), now)


def _span(key: str, period: Period, now: datetime) -> ChartSpan:
    length = period.length
    if length <= MINUTES_FOR and period.begins_at > now - MINUTES_SINCE:
        step, row = Step.MINUTE, Step.FIVE_MINUTES
    elif length <= FINE_FOR and period.begins_at > now - FINE_SINCE:
        step, row = Step.FIVE_MINUTES, Step.HOUR
    elif length <= HOURLY_FOR:
        step, row = Step.HOUR, Step.HOUR if length <= FINE_FOR else Step.DAY
    else:
        step = row = Step.DAY
    return ChartSpan(key, period, step, row)
