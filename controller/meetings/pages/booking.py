"""A new meeting: the classification is judged before anything else of the form is read."""

from dataclasses import replace

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from controller.errors import RequestError
from controller.health import service as health
from controller.meetings import agenda_queries, calendar, floor_queries, meeting_queries
from controller.meetings.acts import OfficeActs
from controller.meetings.calendar import USUAL_OWNER
from controller.meetings.pages import booking_groups, booking_templates
from controller.meetings.pages.agenda import typed_agenda
from controller.meetings.pages.booking_clash import clash_of
from controller.meetings.pages.booking_groups import NOTHING_DONE, GroupAct
from controller.meetings.pages.booking_rooms import offered_at, rooms_chosen, rooms_note
from controller.meetings.pages.series_dates import dates_of
from controller.meetings.prepared.acts import PreparingActs
from controller.meetings.refusals import found
from controller.meetings.series import SeriesForm
from controller.meetings.views import booking as view
from controller.meetings.views import booking_form, repeat_form
from controller.meetings.views.booking import BookingOutcome
from controller.meetings.views.booking_form import Entered
from controller.places import service as places
from controller.web.page_request import AskedByOffice, PageRequest, Sent, text_of, texts_of

router = APIRouter(include_in_schema=False)


@router.get("/meetings/new")
def show(asked: AskedByOffice) -> Response:
    """Show the form: empty, or filled as a meeting (`like`), a `template` or a `group` says."""
    if group_id := asked.request.query_params.get("group", ""):
        entered, note = booking_groups.joined(asked, _empty(asked), group_id)
        return _form(asked, entered, BookingOutcome(clash=clash_of(asked, entered)), said=note)
    if template_id := asked.request.query_params.get("template", ""):
        entered, told = booking_templates.filled(asked, _empty(asked), template_id)
        outcome = BookingOutcome(clash=clash_of(asked, entered))
        return _form(asked, entered, outcome, said=GroupAct(template_note=told))
    meeting_id = asked.request.query_params.get("like", "")
    if not meeting_id:
        return _form(asked, _empty(asked), BookingOutcome())
    meeting = found(asked.state, meeting_id)
    invited = meeting_queries.participants(asked.state, meeting_id)
    is_recorded = meeting.is_recorded and asked.web.settings.recording.folder is not None
    mode = floor_queries.current(asked.state, meeting_id).mode.value
    agenda = agenda_queries.of_meeting(asked.state, meeting_id)
    like = booking_form.like(
        meeting, invited, now=asked.now, is_recorded=is_recorded, agenda=agenda
    )
    entered = replace(like, mode=mode)
    return _form(asked, entered, BookingOutcome(clash=clash_of(asked, entered)))


@router.post("/meetings/new")
def make(asked: AskedByOffice, acts: OfficeActs, groups: PreparingActs, form: Sent) -> Response:
    """Set the meeting and lead to its page; else the form again, with what is wrong."""
    words = asked.words
    try:
        calendar.refuse_unless_normal(text_of(form, "classification"))
    except RequestError as exc:
        is_refused = exc.code == "classification_refused"
        kept = _empty(asked) if is_refused else _entered(form)
        outcome = BookingOutcome(is_refused=is_refused, problem=exc.said_in(words.code))
        return _form(asked, kept, outcome, status=422, sent=None if is_refused else form)
    entered = _entered(form)
    if booking_groups.is_asked(form):
        entered, said = booking_groups.done(asked, groups, form, entered)
        outcome = BookingOutcome(clash=clash_of(asked, entered))
        return _form(asked, entered, outcome, sent=form, said=said)
    clash = clash_of(asked, entered)
    if any(text_of(form, name) for name in ("use_time", "more_items", "show_points")):
        return _form(asked, entered, BookingOutcome(clash=clash), sent=form)
    read = booking_form.read(entered, words, now=asked.now)
    dates = dates_of(asked, form, entered)
    errors = {**read.errors, **({"repeat": dates.problem} if dates.problem else {})}
    if read.meeting is None or errors:
        outcome = BookingOutcome(errors=errors, clash=clash)
        return _form(asked, entered, outcome, status=422, sent=form)
    if (clash.clashes or dates.clashing) and not entered.is_clash_accepted:
        outcome = BookingOutcome(clash=clash, must_accept=True)
        return _form(asked, entered, outcome, status=409, sent=form)
    try:
        if dates.rule is None:
            return _to(f"/meetings/{acts.create(read.meeting).meeting_id}")
        series_id = acts.create_series(SeriesForm(read.meeting, dates.rule, dates.holidays))
        return _to(f"/series/{series_id}")
    except RequestError as exc:
        outcome = BookingOutcome(problem=exc.said_in(words.code), clash=clash)
        return _form(asked, entered, outcome, status=422, sent=form)


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)


@router.post("/parts/booking/clashes")
def clashes(asked: AskedByOffice, form: Sent) -> Response:
    """Show what stands in the way of what is chosen so far. Nothing is kept of it."""
    clash = clash_of(asked, _time_and_points(form), of=text_of(form, "changes"))
    return asked.page("meetings/parts/clashes.html", "", clash_view=clash)


@router.post("/parts/booking/rooms")
def rooms(asked: AskedByOffice, form: Sent) -> Response:
    """Show whose yes the rooms need that are chosen so far. Nothing is kept of it."""
    meeting_id, shown_at = text_of(form, "changes"), text_of(form, "offered_at")
    changed = meeting_queries.get(asked.state, meeting_id) if meeting_id else None
    note = rooms_chosen(asked, _time_and_points(form), shown_at, changed)
    return asked.page("meetings/parts/booking_rooms.html", "", rooms=note)


@router.post("/parts/booking/dates")
def dates(asked: AskedByOffice, form: Sent) -> Response:
    """Show the dates that a series would have. Nothing is kept of it."""
    shown = dates_of(asked, form, _time_and_points(form))
    return asked.page("meetings/parts/series_preview.html", "", dates=shown)


def _time_and_points(form: FormData) -> Entered:
    names = ("date", "begins", "minutes", "chair_point_id")
    return booking_form.entered({name: text_of(form, name) for name in names}, _participants(form))


def _empty(asked: PageRequest) -> Entered:
    recording = asked.web.settings.recording
    is_recorded = recording.folder is not None and USUAL_OWNER.value in recording.owners
    return booking_form.empty(asked.now, is_recorded=is_recorded)


def _participants(form: FormData) -> list[str]:
    return [value for value in form.getlist("participants") if isinstance(value, str)]


def _entered(form: FormData) -> Entered:
    return booking_form.entered(texts_of(form), _participants(form), typed_agenda(form))


def _form(
    asked: PageRequest,
    entered: Entered,
    outcome: BookingOutcome,
    *,
    status: int = 200,
    sent: FormData | None = None,
    said: GroupAct = NOTHING_DONE,
) -> Response:
    at = offered_at(asked, entered)
    known = places.as_of(asked.state, at)
    states = health.point_states(asked.series, known.points, asked.now)
    shown = view.view(
        asked.words,
        entered,
        known.tree,
        states,
        outcome,
        known.units,
        booking_groups.shown(asked, said, entered.kind, known.point_names),
        rooms_note(asked, entered, known, at),
    )
    can_record = asked.web.settings.recording.folder is not None
    return asked.page(
        "meetings/meeting_new.html",
        "meetings",
        status=status,
        view=shown,
        can_record=can_record,
        repeat=repeat_form.view(asked.words, repeat_form.entered(sent or FormData())),
        dates=dates_of(asked, sent or FormData(), entered),
    )
