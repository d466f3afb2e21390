"""The form that changes what a date of a series, or it and all later ones, is about."""

from dataclasses import replace

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from controller.errors import NotFound, RequestError
from controller.health import service as health
from controller.meetings import calendar, meeting_queries
from controller.meetings.acts import OfficeActs
from controller.meetings.calendar import MeetingForm
from controller.meetings.pages.booking_rooms import rooms_note
from controller.meetings.refusals import found
from controller.meetings.series_changes import DateFacts
from controller.meetings.series_dates import DatesMeant
from controller.meetings.tables import Meeting
from controller.meetings.views import booking as view
from controller.meetings.views import booking_form
from controller.meetings.views.booking import BookingOutcome, Prepared
from controller.meetings.views.booking_form import Entered
from controller.meetings.views.meetings import hours
from controller.places import service as places
from controller.web.elements import Crumb
from controller.web.page_request import AskedByOffice, PageRequest, Sent, text_of, texts_of

router = APIRouter(include_in_schema=False)


@router.get("/series/dates/{meeting_id}/change")
def show(asked: AskedByOffice) -> Response:
    """Show the form, filled as the date is."""
    row = _date(asked)
    return _form(asked, row, _as_it_is(asked, row), BookingOutcome())


@router.post("/series/dates/{meeting_id}/change")
def change(asked: AskedByOffice, acts: OfficeActs, form: Sent) -> Response:
    """Change it and lead to the series' page; else the form again, with what is wrong."""
    row, words = _date(asked), asked.words
    try:
        calendar.refuse_unless_normal(text_of(form, "classification"))
    except RequestError as exc:
        is_refused = exc.code == "classification_refused"
        kept = _as_it_is(asked, row) if is_refused else _entered(asked, row, form)
        outcome = BookingOutcome(is_refused=is_refused, problem=exc.said_in(words.code))
        return _form(asked, row, kept, outcome, status=422)
    entered = _entered(asked, row, form)
    read = booking_form.read(entered, words, now=asked.now)
    if read.meeting is None:
        return _form(asked, row, entered, BookingOutcome(errors=read.errors), status=422)
    try:
        series_id = acts.change_dates(
            row.meeting_id,
            _facts(read.meeting),
            DatesMeant.LATER if text_of(form, "scope") == "later" else DatesMeant.ONLY,
            is_clash_accepted=entered.is_clash_accepted,
        )
    except RequestError as exc:
        outcome = BookingOutcome(problem=exc.said_in(words.code))
        return _form(asked, row, entered, outcome, status=exc.status)
    return RedirectResponse(f"/series/{series_id}", status_code=303)


def _date(asked: PageRequest) -> Meeting:
    """Return the date that the address names.

    Raises:
        NotFound: there is none, or it is of no series.
    """
    row = found(asked.state, asked.named("meeting_id"))
    if row.series_id is None:
        raise NotFound("chuỗi cuộc họp", "series of meetings")
    return row


def _facts(read: MeetingForm) -> DateFacts:
    return DateFacts(
        title=read.title,
        chair_point_id=read.chair_point_id,
        point_ids=read.point_ids,
        document_number=read.document_number,
        kind=read.kind,
        level=read.level,
        secretary=read.secretary,
        host_unit_id=read.host_unit_id,
        chair_name=read.chair_name,
    )


def _as_it_is(asked: PageRequest, row: Meeting) -> Entered:
    invited = meeting_queries.participants(asked.state, row.meeting_id)
    like = booking_form.like(row, invited, now=asked.now, is_recorded=False)
    return replace(like, document_number=row.document_number)


def _entered(asked: PageRequest, row: Meeting, form: FormData) -> Entered:
    """Return what was sent; when and how it is held is the date's own."""
    participants = [one for one in form.getlist("participants") if isinstance(one, str)]
    own = _as_it_is(asked, row)
    return replace(
        booking_form.entered(texts_of(form), participants),
        held_as=row.held_as,
        date=own.date,
        begins=own.begins,
        minutes=own.minutes,
    )


def _form(
    asked: PageRequest,
    row: Meeting,
    entered: Entered,
    outcome: BookingOutcome,
    *,
    status: int = 200,
) -> Response:
    words, known = asked.words, places.as_of(asked.state, row.begins_at)
    states = health.point_states(asked.series, known.points, asked.now)
    rooms = rooms_note(asked, entered, known, row.begins_at, row)
    shown = view.view(words, entered, known.tree, states, outcome, known.units, Prepared(), rooms)
    crumbs = (
        Crumb(words.gettext("Meetings"), "/meetings"),
        Crumb(words.gettext("Dates of the series"), f"/series/{row.series_id}"),
        Crumb(words.gettext("Change the content")),
    )
    when = f"{words.day(row.begins_at)}, {hours(words, row.begins_at, row.ends_at)}"
    return asked.page(
        "meetings/date_change.html",
        "meetings",
        status=status,
        view=replace(shown, is_new=False, is_whole=False, crumbs=crumbs, sum_when=when),
        can_record=False,
        meeting_id=row.meeting_id,
    )
