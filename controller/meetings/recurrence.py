"""When a meeting recurs: what an office needs of RFC 5545, and what becomes of holidays. Pure.

A rule is daily, weekly on chosen weekdays, or monthly by a day or by the n-th weekday, each so
many days, weeks or months apart, until a day or so many times. It is bounded before it is
expanded, and expanded no further than the bound. Times are those of the wall clock in Vietnam.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from itertools import islice
from typing import Literal

from dateutil import rrule

from contracts import numbers
from contracts.errors import MalformedNumber
from contracts.local_days import ZONE

MAX_DATES = 200
MAX_INTERVAL = 52
MAX_RULE_CHARS = 200
_MAX_CLOSED_DAYS = 30
_DAY_NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LAST = -1
_MOST_COUNTED = 999_999_999


class Frequency(Enum):
    """How often; the words of RFC 5545, section 3.3.10."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


_OF_LIBRARY: dict[Frequency, Literal[1, 2, 3]] = {
    Frequency.DAILY: rrule.DAILY,
    Frequency.WEEKLY: rrule.WEEKLY,
    Frequency.MONTHLY: rrule.MONTHLY,
}


class HolidayChoice(Enum):
    """What becomes of a date on a day on which the office is closed."""

    SKIP = "skip"
    NEXT = "next"
    KEEP = "keep"


class RuleFault(Enum):
    """Why a rule is none that can be used."""

    UNREADABLE = "unreadable"
    NO_WEEKDAY = "no_weekday"
    NO_END = "no_end"
    TOO_MANY = "too_many"
    TOO_FAR = "too_far"
    NO_DATE = "no_date"


class BadRule(Exception):
    """A rule that cannot be used; `fault` says why."""

    def __init__(self, fault: RuleFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule. Exactly one of `count` and `until` (the last day that may be one) is set.

    `weekdays`: from 0, Monday. Of a monthly rule `month_day` (1 to 31, -1 the month's last), or
    `nth` (1 to 4, -1 the last) of its one weekday.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_day: int | None = None
    nth: int | None = None
    count: int | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        """Refuse what is no rule, or one that makes too much, before anything is expanded."""
        if not 1 <= self.interval <= MAX_INTERVAL:
            raise BadRule(RuleFault.UNREADABLE)
        if (self.count is None) == (self.until is None):
            raise BadRule(RuleFault.NO_END)
        if self.count is not None and self.count < 1:
            raise BadRule(RuleFault.NO_DATE)
        if self.count is not None and self.count > MAX_DATES:
            raise BadRule(RuleFault.TOO_MANY)
        if not self._is_of_its_frequency():
            raise BadRule(RuleFault.UNREADABLE)

    def _is_of_its_frequency(self) -> bool:
        if any(not 0 <= day < len(_DAY_NAMES) for day in self.weekdays):
            return False
        if self.frequency is not Frequency.MONTHLY:
            if self.month_day is not None or self.nth is not None:
                return False
            if self.frequency is Frequency.WEEKLY and not self.weekdays:
                raise BadRule(RuleFault.NO_WEEKDAY)
            return self.frequency is Frequency.WEEKLY or not self.weekdays
        if self.month_day is not None:
            is_day = 1 <= self.month_day <= 31 or self.month_day == _LAST
            return is_day and self.nth is None and not self.weekdays
        return self.nth in (1, 2, 3, 4, _LAST) and len(self.weekdays) == 1

    def text(self) -> str:
        """Return the rule as RFC 5545 writes it."""
        parts = [f"FREQ={self.frequency.value}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.weekdays:
            days = ",".join(_DAY_NAMES[day] for day in sorted(set(self.weekdays)))
            parts.append(f"BYDAY={self.nth or ''}{days}")
        if self.month_day is not None:
            parts.append(f"BYMONTHDAY={self.month_day}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        return ";".join(parts)


def rule_of(text: str) -> Recurrence:
    """Return the rule that a text of RFC 5545 says.

    Raises:
        BadRule: it is none of those that are understood, or none that may be used.
    """
    if len(text) > MAX_RULE_CHARS or not text.isascii():
        raise BadRule(RuleFault.UNREADABLE)
    pairs = [part.partition("=")[::2] for part in text.strip().upper().split(";")]
    said = dict(pairs)
    known = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "COUNT", "UNTIL"}
    if len(said) != len(pairs) or not said.keys() <= known:
        raise BadRule(RuleFault.UNREADABLE)
    try:
        until = said.get("UNTIL")
        nth, days = _days_of(said["BYDAY"]) if "BYDAY" in said else (None, ())
        return Recurrence(
            frequency=Frequency(said["FREQ"]),
            interval=numbers.whole(said.get("INTERVAL", "1"), most=MAX_INTERVAL),
            weekdays=days,
            month_day=int(said["BYMONTHDAY"]) if "BYMONTHDAY" in said else None,
            nth=nth,
            count=numbers.whole(said["COUNT"], most=_MOST_COUNTED) if "COUNT" in said else None,
            until=datetime.strptime(until, "%Y%m%d").date() if until else None,  # noqa: DTZ007 - a day
        )
    except (KeyError, ValueError, MalformedNumber) as exc:
        raise BadRule(RuleFault.UNREADABLE) from exc


def _days_of(text: str) -> tuple[int | None, tuple[int, ...]]:
    names = text.split(",")
    nth = int(names[0][:-2]) if len(names) == 1 and len(names[0]) > 2 else None
    days = [names[0][-2:]] if nth is not None else names
    return nth, tuple(sorted({_DAY_NAMES.index(one) for one in days}))


@dataclass(frozen=True, slots=True)
class PlannedDate:
    """One date of a series: when its rule has it, and when it is; None: it is skipped."""

    series_at: datetime
    begins_at: datetime | None

    @property
    def is_moved(self) -> bool:
        """Whether it is on another day than the rule's."""
        return self.begins_at not in (None, self.series_at)


def planned(
    rule: Recurrence,
    first: datetime,
    *,
    horizon: datetime,
    holidays: HolidayChoice,
    is_open: Callable[[date], bool],
) -> list[PlannedDate]:
    """Return the dates from the first one on, in their order, in UTC.

    Args:
        first: the day and hour from which on the rule counts; the first date may be later.
        horizon: how far ahead a meeting may be.
        is_open: whether the office works on a day.

    Raises:
        BadRule: it makes too many dates, some beyond the horizon, or none.
    """
    local = first.astimezone(ZONE)
    days = [one.date() for one in _expanded(rule, local, horizon)]
    if not days:
        raise BadRule(RuleFault.NO_DATE)
    found: list[PlannedDate] = []
    own, taken = set(days), set[date]()
    for day in days:
        held = _held_on(day, holidays, is_open)
        if held in taken or (held != day and held in own):
            held = None
        if held is not None:
            taken.add(held)
        found.append(PlannedDate(_at(day, local.time()), _at(held, local.time()) if held else None))
    if not taken:
        raise BadRule(RuleFault.NO_DATE)
    return found


def _expanded(rule: Recurrence, local: datetime, horizon: datetime) -> list[datetime]:
    """Return the rule's own dates: at most MAX_DATES of them are ever made."""
    furthest = horizon.astimezone(ZONE).date()
    last = min(rule.until, furthest) if rule.until else furthest
    if rule.until is not None and rule.until > furthest:
        raise BadRule(RuleFault.TOO_FAR)
    most = rule.count if rule.count is not None else MAX_DATES + 1
    found = list(islice(_of_rule(rule, local, last), most))
    if len(found) > MAX_DATES:
        raise BadRule(RuleFault.TOO_MANY)
    if rule.count is not None and len(found) < rule.count:
        raise BadRule(RuleFault.TOO_FAR)
    return found


def _of_rule(rule: Recurrence, local: datetime, last: date) -> Iterator[datetime]:
    days = [
        rrule.weekday(day, rule.nth) if rule.nth else rrule.weekday(day) for day in rule.weekdays
    ]
    return iter(
        rrule.rrule(
            _OF_LIBRARY[rule.frequency],
            dtstart=local.replace(tzinfo=None),
            interval=rule.interval,
            byweekday=days or None,
            bymonthday=rule.month_day,
            until=datetime.combine(last, time.max),
        )
    )


def _held_on(day: date, holidays: HolidayChoice, is_open: Callable[[date], bool]) -> date | None:
    if holidays is HolidayChoice.KEEP or is_open(day):
        return day
    if holidays is HolidayChoice.SKIP:
        return None
    later = (day + timedelta(days=ahead) for ahead in range(1, _MAX_CLOSED_DAYS))
    return next((one for one in later if is_open(one)), None)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, ZONE).astimezone(UTC)


def split(rule: Recurrence, at: date, earlier: int) -> tuple[Recurrence, Recurrence]:
    """Return the rule's part before one of its dates and that from this date on.

    Args:
        earlier: how many of its dates lie before; at least one.
    """
    before = replace(rule, count=None, until=at - timedelta(days=1))
    if rule.count is None:
        return before, rule
    return replace(rule, count=earlier), replace(rule, count=rule.count - earlier)
