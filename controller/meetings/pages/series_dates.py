"""The dates that a series would have, as the form of a new meeting shows them."""

from datetime import timedelta

from starlette.datastructures import FormData

from contracts.ids import PointId
from controller.errors import RequestError
from controller.meetings import series_queries
from controller.meetings.calendar import Calendar
from controller.meetings.recurrence import BadRule, PlannedDate
from controller.meetings.series import SeriesDesk, clash_of, refused
from controller.meetings.series_queries import Taken
from controller.meetings.views import booking_form, repeat_form
from controller.meetings.views.booking_form import Entered
from controller.meetings.views.meetings import hours
from controller.meetings.views.repeat_form import DateLine, Dates
from controller.web.i18n.language import Language
from controller.web.page_request import PageRequest


def dates_of(asked: PageRequest, form: FormData, entered: Entered) -> Dates:
    """Return the dates of what was entered so far; empty where it does not repeat."""
    times, words = booking_form.span(entered), asked.words
    repeat = repeat_form.entered(form)
    if times is None or not repeat.repeat:
        return Dates()
    try:
        rule, holidays = repeat_form.rule(repeat, times[0]), repeat_form.holidays(repeat)
        if rule is None:
            return Dates()
        planned = SeriesDesk(asked.web.part(Calendar)).planned(rule, times[0], holidays)
    except BadRule as exc:
        return Dates(problem=refused(exc).said_in(words.code))
    except RequestError as exc:
        return Dates(problem=exc.said_in(words.code))
    length = times[1] - times[0]
    others = _taken(asked, planned, length, entered)
    lines: list[DateLine] = []
    number = 0
    for one in planned:
        number += one.begins_at is not None
        lines.append(_line(words, one, length, others, number))
    clashing = sum(1 for line in lines if line.clash)
    summed = words.ngettext("%(n)s date", "%(n)s dates", number)
    if clashing:
        taken = words.ngettext("%(n)s clashes", "%(n)s clash", clashing)
        summed = f"{summed}, {taken}"
    return Dates(rule, holidays, "", tuple(lines), clashing, summed)


def _taken(
    asked: PageRequest, planned: list[PlannedDate], length: timedelta, entered: Entered
) -> list[Taken]:
    held = [one.begins_at for one in planned if one.begins_at]
    points = [PointId(one) for one in entered.point_ids]
    return series_queries.taken(asked.state, points, begins=held[0], ends=held[-1] + length)


def _line(
    words: Language, one: PlannedDate, length: timedelta, others: list[Taken], number: int
) -> DateLine:
    note = repeat_form.note_of(words, one)
    if one.begins_at is None:
        return DateLine("–", words.day(one.series_at), "", note, "skipped", "")
    ends_at = one.begins_at + length
    clash = clash_of(one.begins_at, length, others)
    return DateLine(
        words.number(number),
        words.day(one.begins_at),
        hours(words, one.begins_at, ends_at),
        note,
        "taken" if clash else "free",
        f"{clash.title}, {hours(words, clash.begins_at, clash.ends_at)}" if clash else "",
    )
