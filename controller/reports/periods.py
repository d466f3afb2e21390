"""The periods of reports: months, quarters and years from a day of the month on, or days. Pure.

A month that begins on the 15th is named for the month in which it ends: July runs from 15 June to
14 July, the third quarter from 15 June to 14 September, the year from 15 December to 14 December
(decree 09/2019/NĐ-CP, article 12). One that begins on the 1st is the calendar's.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from urllib.parse import urlencode

from contracts.local_days import day_of, midnight
from monitoring.judgement.periods import Period

FIRST_YEAR, LAST_YEAR = 2000, 2999
MONTHS_OF_QUARTER, MONTHS_OF_YEAR = 3, 12
_DAY = timedelta(days=1)
_KEY = re.compile(r"(\d{4})(?:-(?:(\d{2})|Q([1-4])))?")


class PeriodKind(Enum):
    """What a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """From a day until before another. `number`: of the month or quarter in its year, else 0."""

    kind: PeriodKind
    first_day: date
    after: date
    year: int = 0
    number: int = 0

    @property
    def last_day(self) -> date:
        """The last day that is in it."""
        return self.after - _DAY

    @property
    def period(self) -> Period:
        """The same as instants."""
        return Period(midnight(self.first_day), midnight(self.after))

    @property
    def key(self) -> str:
        """What names it in an address, e.g. 2026-07, 2026-Q3, 2026; days: both of them."""
        match self.kind:
            case PeriodKind.MONTH:
                return f"{self.year}-{self.number:02}"
            case PeriodKind.QUARTER:
                return f"{self.year}-Q{self.number}"
            case PeriodKind.YEAR:
                return f"{self.year}"
            case PeriodKind.DAYS:
                return f"{self.first_day}_{self.last_day}"

    @property
    def query(self) -> str:
        """What of an address asks for it."""
        if self.kind is PeriodKind.DAYS:
            return urlencode({"from": self.first_day, "to": self.last_day})
        return urlencode({"period": self.key})


def month_of(year: int, number: int, begins_on: int) -> ReportPeriod:
    """Return a month, 1 to 12."""
    return ReportPeriod(PeriodKind.MONTH, *_months(year, number, 1, begins_on), year, number)


def quarter_of(year: int, number: int, begins_on: int) -> ReportPeriod:
    """Return a quarter, 1 to 4."""
    first = MONTHS_OF_QUARTER * (number - 1) + 1
    days = _months(year, first, MONTHS_OF_QUARTER, begins_on)
    return ReportPeriod(PeriodKind.QUARTER, *days, year, number)


def year_of(year: int, begins_on: int) -> ReportPeriod:
    """Return a year."""
    return ReportPeriod(PeriodKind.YEAR, *_months(year, 1, MONTHS_OF_YEAR, begins_on), year)


def days(first: date, last: date) -> ReportPeriod:
    """Return a period of days, the last among them."""
    return ReportPeriod(PeriodKind.DAYS, first, last + _DAY)


def named(key: str, begins_on: int) -> ReportPeriod | None:
    """Return the month, quarter or year that an address names; None: it names none."""
    found = _KEY.fullmatch(key)
    year = int(found[1]) if found else 0
    if found is None or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if found[2]:
        number = int(found[2])
        return month_of(year, number, begins_on) if 1 <= number <= MONTHS_OF_YEAR else None
    if found[3]:
        return quarter_of(year, int(found[3]), begins_on)
    return year_of(year, begins_on)


def at(now: datetime, kind: PeriodKind, begins_on: int) -> ReportPeriod:
    """Return the month, quarter or year that an instant is in."""
    day = day_of(now)
    year, number = _shifted(day.year, day.month, int(begins_on > 1 and day.day >= begins_on))
    if kind is PeriodKind.MONTH:
        return month_of(year, number, begins_on)
    if kind is PeriodKind.QUARTER:
        return quarter_of(year, (number - 1) // MONTHS_OF_QUARTER + 1, begins_on)
    return year_of(year, begins_on)


def before(one: ReportPeriod, begins_on: int) -> ReportPeriod:
    """Return the period before one: of its kind, or as many days."""
    match one.kind:
        case PeriodKind.MONTH:
            return month_of(*_shifted(one.year, one.number, -1), begins_on)
        case PeriodKind.QUARTER:
            year, number = (one.year, one.number - 1) if one.number > 1 else (one.year - 1, 4)
            return quarter_of(year, number, begins_on)
        case PeriodKind.YEAR:
            return year_of(one.year - 1, begins_on)
        case PeriodKind.DAYS:
            return days(one.first_day - (one.after - one.first_day), one.first_day - _DAY)


def months_in(one: ReportPeriod, begins_on: int) -> list[ReportPeriod]:
    """Return the months of a period, in order; of one by days the first and last are cut.

    Together they have each day of it once.
    """
    month = at(midnight(one.first_day), PeriodKind.MONTH, begins_on)
    found = []
    while month.first_day < one.after:
        first, after = max(month.first_day, one.first_day), min(month.after, one.after)
        found.append(ReportPeriod(PeriodKind.MONTH, first, after, month.year, month.number))
        month = month_of(*_shifted(month.year, month.number, 1), begins_on)
    return found


def _months(year: int, number: int, count: int, begins_on: int) -> tuple[date, date]:
    first = _begin(year, number, begins_on)
    return first, _begin(*_shifted(year, number, count), begins_on)


def _begin(year: int, number: int, begins_on: int) -> date:
    if begins_on > 1:
        year, number = _shifted(year, number, -1)
    return date(year, number, begins_on)


def _shifted(year: int, number: int, by: int) -> tuple[int, int]:
    months = MONTHS_OF_YEAR * year + number - 1 + by
    return months // MONTHS_OF_YEAR, months % MONTHS_OF_YEAR + 1
