"""When an office is open: the hours of its days, without those that are holidays. Pure.

Of one day the office's own word comes first, that it is worked before that it is not; then the
country's, the same way round; then the day of the week.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from contracts.local_days import ZONE, day_of
from monitoring.judgement.periods import Period, within

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class PublicDays:
    """What a country has of one year: days off by their names, and days worked in their place."""

    off: Mapping[date, str] = field(default_factory=dict)
    worked: frozenset[date] = frozenset()


_NONE = PublicDays()


def none_known(_year: int) -> PublicDays:
    """Return no days: the country's are not counted."""
    return _NONE


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Days of the week as their names, and hours of each.

    Attributes:
        holidays: days on which nobody is there; `working_days`: on which people are all the same.
        public: the country's days of a year.
    """

    days: tuple[str, ...]
    hours: tuple[tuple[time, time], ...]
    holidays: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()
    public: Callable[[int], PublicDays] = none_known

    def is_open_on(self, day: date) -> bool:
        """Return whether people work on a day."""
        if day in self.working_days or day in self.holidays:
            return day in self.working_days
        public = self.public(day.year)
        if day in public.worked or day in public.off:
            return day in public.worked
        return DAYS[day.weekday()] in self.days

    def open_in(self, period: Period) -> list[Period]:
        """Return when it is open within a period, oldest first."""
        cut = (within(one, period) for one in self._whole(period))
        return [one for one in cut if one.length]

    def _whole(self, period: Period) -> Iterator[Period]:
        day = day_of(period.begins_at)
        last = day_of(period.ends_at)
        while day <= last:
            if self.is_open_on(day):
                for begins, ends in self.hours:
                    yield Period(
                        datetime.combine(day, begins, ZONE),
                        datetime.combine(day, ends, ZONE),
                    )
            day += timedelta(days=1)


def hours_of(text: str) -> tuple[time, time]:
    """Return hours written as 07:30-11:30.

    Raises:
        ValueError: they are none, or end before they begin.
    """
    begins, _, ends = text.partition("-")
    found = time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip())
    if found[0].tzinfo or found[1].tzinfo or found[0] >= found[1]:
        raise ValueError(f"{text} are no hours of a day")
    return found
