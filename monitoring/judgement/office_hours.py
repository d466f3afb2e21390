"""When an office is open: the hours of its days, without those that are holidays. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from contracts.local_days import ZONE, day_of
from monitoring.judgement.periods import Period, within

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Days of the week as their names, hours of each, and days on which nobody is there."""

    days: tuple[str, ...]
    hours: tuple[tuple[time, time], ...]
    holidays: frozenset[date] = frozenset()

    def open_in(self, period: Period) -> list[Period]:
        """Return when it is open within a period, oldest first."""
        cut = (within(one, period) for one in self._whole(period))
        return [one for one in cut if one.length]

    def _whole(self, period: Period) -> Iterator[Period]:
        day = day_of(period.begins_at)
        last = day_of(period.ends_at)
        while day <= last:
            if DAYS[day.weekday()] in self.days and day not in self.holidays:
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
