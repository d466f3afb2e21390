"""A series as its page shows it: all dates with their states, and what can be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from contracts.local_days import ZONE
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.recurrence import Frequency, HolidayChoice, Recurrence
from controller.meetings.tables import Meeting
from controller.meetings.views import badges, kinds
from controller.meetings.views.meetings import hours
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import N_, Language

_EVERY = {
    Frequency.DAILY: (N_("every day"), N_("every %(n)s days")),
    Frequency.WEEKLY: (N_("every week"), N_("every %(n)s weeks")),
    Frequency.MONTHLY: (N_("every month"), N_("every %(n)s months")),
}
_HOLIDAYS = {
    HolidayChoice.SKIP: N_("closed days are skipped"),
    HolidayChoice.NEXT: N_("closed days move to the next working day"),
    HolidayChoice.KEEP: N_("closed days are kept"),
}


@dataclass(frozen=True, slots=True)
class SeriesDate:
    """One date. `series_at` in ISO form names it; `meeting_id` is empty where none was made."""

    series_at: str
    meeting_id: str
    number: str
    day: str
    hours: str
    note: str
    badge: Badge | None
    can_change: bool
    can_restore: bool
    date: str
    begins: str
    minutes: int


@dataclass(frozen=True, slots=True)
class SeriesView:
    """All that the page shows."""

    series_id: str
    address: str
    title: str
    crumbs: tuple[Crumb, ...]
    rule: str
    count: str
    dates: tuple[SeriesDate, ...]
    is_office: bool


def series_crumb(words: Language, meeting: Meeting, place: tuple[int, int] | None) -> Crumb | None:
    """Return which of how many dates a meeting is, and the way to all; None: it is of no series."""
    if meeting.series_id is None:
        return None
    text = words.gettext("Dates of the series")
    if place is not None:
        number, count = (words.number(one) for one in place)
        text = words.gettext("of a series: %(n)s of %(count)s", n=number, count=count)
    return Crumb(text, f"/series/{meeting.series_id}")


def rule_words(words: Language, rule: Recurrence, holidays: HolidayChoice) -> str:
    """Return a rule in a sentence."""
    one, many = _EVERY[rule.frequency]
    every = words.gettext(one) if rule.interval == 1 else words.gettext(many, n=rule.interval)
    ends = (
        words.ngettext("%(n)s date", "%(n)s dates", rule.count)
        if rule.count
        else words.gettext("until %(day)s", day=_day(words, rule.until))
    )
    return " · ".join((every, ends, words.gettext(_HOLIDAYS[holidays])))


def _day(words: Language, day: date | None) -> str:
    return words.date(datetime(day.year, day.month, day.day, tzinfo=ZONE)) if day else ""


def view(
    words: Language,
    series_id: str,
    rule: Recurrence,
    holidays: HolidayChoice,
    meetings: Sequence[Meeting],
    skipped: Sequence[datetime],
    places: Mapping[str, tuple[int, int]],
    *,
    now: datetime,
    is_office: bool,
) -> SeriesView:
    """Return the page's view.

    Args:
        meetings: all of the series by their date of the rule, the oldest first.
        skipped: the dates of the rule without a meeting.
    """
    title = meetings[-1].title if meetings else ""
    found = [
        (at, _date(words, at, list(of_date), title, places, now, is_office=is_office))
        for at, of_date in groupby(meetings, key=lambda one: one.series_at or one.begins_at)
    ]
    found += [(at, _skipped(words, at, now, is_office=is_office)) for at in skipped]
    return SeriesView(
        series_id=series_id,
        address=f"/series/{series_id}",
        title=title,
        crumbs=(Crumb(words.gettext("Meetings"), "/meetings"), Crumb(title)),
        rule=" · ".join(
            part for part in (_held(words, meetings), rule_words(words, rule, holidays)) if part
        ),
        count=words.ngettext("%(n)s date", "%(n)s dates", len(places)),
        dates=tuple(one for _, one in sorted(found, key=lambda pair: pair[0])),
        is_office=is_office,
    )


def _held(words: Language, meetings: Sequence[Meeting]) -> str:
    """Return that the last date is in person; empty: it is online."""
    last = meetings[-1] if meetings else None
    return "" if last is None or last.is_joined else kinds.held_as_name(words, last.held_as)


def _date(
    words: Language,
    at: datetime,
    of_date: list[Meeting],
    title: str,
    places: Mapping[str, tuple[int, int]],
    now: datetime,
    *,
    is_office: bool,
) -> SeriesDate:
    """Return a date as its meeting is; of several the one that is not cancelled, else the last."""
    cancelled = MeetingPhase.CANCELLED.value
    meeting = next((one for one in of_date if one.state != cancelled), of_date[-1])
    notes = [words.gettext("Moved from %(time)s", time=_moment(words, at))]
    notes = notes if meeting.begins_at != at else []
    if meeting.title != title:
        notes.append(meeting.title)
    number, _ = places.get(meeting.meeting_id, (0, 0))
    local = meeting.begins_at.astimezone(ZONE)
    is_open = meeting.state in (MeetingPhase.DRAFT.value, MeetingPhase.SCHEDULED.value)
    return SeriesDate(
        series_at=at.isoformat(),
        meeting_id=meeting.meeting_id,
        number=words.number(number) if number else "–",
        day=words.day(meeting.begins_at),
        hours=hours(words, meeting.begins_at, meeting.ends_at),
        note=" · ".join(notes),
        badge=badges.of_meeting(meeting.state, words),
        can_change=is_office and is_open and meeting.begins_at > now,
        can_restore=is_office and meeting.state == cancelled and at > now,
        date=f"{local:%Y-%m-%d}",
        begins=f"{local:%H:%M}",
        minutes=(meeting.ends_at - meeting.begins_at) // timedelta(minutes=1),
    )


def _moment(words: Language, at: datetime) -> str:
    return f"{words.day_short(at)}, {words.time(at)}"


def _skipped(words: Language, at: datetime, now: datetime, *, is_office: bool) -> SeriesDate:
    return SeriesDate(
        series_at=at.isoformat(),
        meeting_id="",
        number="–",
        day=words.day(at),
        hours="",
        note=words.gettext("Closed that day: skipped"),
        badge=None,
        can_change=False,
        can_restore=is_office and at > now,
        date="",
        begins="",
        minutes=0,
    )
