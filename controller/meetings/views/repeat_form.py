"""How a new meeting repeats: the form's part, as it was entered and as it is shown."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from starlette.datastructures import FormData

from contracts import numbers
from contracts.errors import MalformedNumber
from contracts.local_days import ZONE
from controller.meetings.recurrence import (
    MAX_DATES,
    MAX_INTERVAL,
    BadRule,
    Frequency,
    HolidayChoice,
    PlannedDate,
    Recurrence,
    RuleFault,
)
from controller.web.i18n.language import N_, Language

USUAL_COUNT = "12"


class Repeat(Enum):
    """How a meeting repeats, as the form has it."""

    ONCE = ""
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTH_DAY = "month_day"
    MONTH_WEEKDAY = "month_weekday"


_NAMES = {
    Repeat.ONCE: N_("Does not repeat"),
    Repeat.DAILY: N_("Daily"),
    Repeat.WEEKLY: N_("Weekly"),
    Repeat.MONTH_DAY: N_("Monthly, on the same day of the month"),
    Repeat.MONTH_WEEKDAY: N_("Monthly, on the same weekday (e.g. the second Monday)"),
}
_HOLIDAYS = {
    HolidayChoice.SKIP: N_("Skip the date"),
    HolidayChoice.NEXT: N_("Move it to the next working day"),
    HolidayChoice.KEEP: N_("Meet all the same"),
}
_WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_ENDS = {"count": N_("After so many dates"), "until": N_("On a day")}


@dataclass(frozen=True, slots=True)
class RepeatEntered:
    """The fields as typed."""

    repeat: str = ""
    every: str = "1"
    weekdays: tuple[str, ...] = ()
    ends: str = "count"
    count: str = USUAL_COUNT
    until: str = ""
    holidays: str = HolidayChoice.SKIP.value


@dataclass(frozen=True, slots=True)
class RepeatOption:
    """One choice."""

    id: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class RepeatView:
    """All that the form's part shows."""

    form: RepeatEntered
    kinds: tuple[RepeatOption, ...]
    weekdays: tuple[RepeatOption, ...]
    ends: tuple[RepeatOption, ...]
    holidays: tuple[RepeatOption, ...]
    max_dates: int = MAX_DATES
    max_interval: int = MAX_INTERVAL


def entered(form: FormData) -> RepeatEntered:
    """Return what was sent."""

    def said(name: str, usual: str) -> str:
        value = form.get(name)
        return value[:20] if isinstance(value, str) else usual

    days = [one for one in form.getlist("repeat_on") if isinstance(one, str) and len(one) == 1]
    return RepeatEntered(
        repeat=said("repeat", ""),
        every=said("repeat_every", "1"),
        weekdays=tuple(sorted(set(days))),
        ends=said("repeat_ends", "count"),
        count=said("repeat_count", USUAL_COUNT),
        until=said("repeat_until", ""),
        holidays=said("holidays", HolidayChoice.SKIP.value),
    )


def view(words: Language, form: RepeatEntered) -> RepeatView:
    """Return the form's part."""

    def options(names: dict[str, str], chosen: str) -> tuple[RepeatOption, ...]:
        return tuple(
            RepeatOption(id, words.gettext(name), id == chosen) for id, name in names.items()
        )

    return RepeatView(
        form=form,
        kinds=options({one.value: name for one, name in _NAMES.items()}, form.repeat),
        weekdays=tuple(
            RepeatOption(str(day), words.gettext(name), str(day) in form.weekdays)
            for day, name in enumerate(_WEEKDAYS)
        ),
        ends=options(_ENDS, form.ends),
        holidays=options({one.value: name for one, name in _HOLIDAYS.items()}, form.holidays),
    )


def rule(form: RepeatEntered, first: datetime) -> Recurrence | None:
    """Return the rule that was entered; None: the meeting does not repeat.

    Args:
        first: the meeting's own beginning, whose day the rule takes where it names none.

    Raises:
        BadRule: it cannot be used.
    """
    try:
        repeat = Repeat(form.repeat)
        if repeat is Repeat.ONCE:
            return None
        interval = numbers.whole(form.every, most=MAX_INTERVAL)
        count = numbers.whole(form.count, most=999_999) if form.ends == "count" else None
        until = date.fromisoformat(form.until) if form.ends == "until" and form.until else None
        weekdays = tuple(int(one) for one in form.weekdays)
    except (ValueError, MalformedNumber) as exc:
        raise BadRule(RuleFault.UNREADABLE) from exc
    day = first.astimezone(ZONE).date()
    nth = (day.day - 1) // 7 + 1
    if repeat is Repeat.DAILY:
        return Recurrence(Frequency.DAILY, interval, count=count, until=until)
    if repeat is Repeat.WEEKLY:
        days = weekdays or (day.weekday(),)
        return Recurrence(Frequency.WEEKLY, interval, days, count=count, until=until)
    if repeat is Repeat.MONTH_DAY:
        return Recurrence(Frequency.MONTHLY, interval, month_day=day.day, count=count, until=until)
    return Recurrence(
        Frequency.MONTHLY,
        interval,
        (day.weekday(),),
        nth=nth if nth < 5 else -1,
        count=count,
        until=until,
    )


def holidays(form: RepeatEntered) -> HolidayChoice:
    """Return what becomes of dates on closed days."""
    try:
        return HolidayChoice(form.holidays)
    except ValueError as exc:
        raise BadRule(RuleFault.UNREADABLE) from exc


@dataclass(frozen=True, slots=True)
class DateLine:
    """One date of a preview; `state`: free, taken or skipped."""

    number: str
    day: str
    hours: str
    note: str
    state: str
    clash: str


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates that a series would have, or why there are none."""

    rule: Recurrence | None = None
    holidays: HolidayChoice = HolidayChoice.SKIP
    problem: str = ""
    lines: tuple[DateLine, ...] = ()
    clashing: int = 0
    sum: str = ""


def note_of(words: Language, one: PlannedDate) -> str:
    """Return what is said of a date on a closed day."""
    if one.begins_at is None:
        return words.gettext("Closed that day: skipped")
    if one.is_moved:
        return words.gettext("Moved from %(day)s, a closed day", day=words.day_short(one.series_at))
    return ""
