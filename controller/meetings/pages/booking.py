"""A new meeting: the classification is judged before anything else of the form is read."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData

from controller.errors import RequestError
from controller.health.pages import data
from controller.meetings import booking, meeting_queries
from controller.meetings import service as meetings
from controller.meetings.views import booking as view
from controller.meetings.views import booking_form
from controller.meetings.views.booking import ClashView, Outcome
from controller.meetings.views.booking_form import Entered
from controller.meetings.views.free_times import HORIZON, booking_of, free_starts
from controller.people.web_sessions import SignedIn
from controller.web.deps import Office, SeriesSession, StateSession, Web, WebParts
from controller.web.page_request import Sent, frame_of, text_of, texts_of
from controller.web.rendering import page

router = APIRouter(include_in_schema=False)


@router.get("/meetings/new")
def show(
    web: WebParts, state: StateSession, series: SeriesSession, person: Office, request: Request
) -> Response:
    """Show the empty form."""
    entered = booking_form.empty(web.now())
    return _rendered(web, state, series, person, request, entered, Outcome())


@router.post("/meetings/new")
def make(
    web: WebParts,
    state: StateSession,
    series: SeriesSession,
    person: Office,
    request: Request,
    form: Sent,
) -> Response:
    """Set the meeting and lead to its page; else the form again, with what is wrong."""
    words = frame_of(request, web, person).language
    try:
        meetings.refuse_unless_normal(text_of(form, "classification"))
    except RequestError as exc:
        text = exc.message_vi if words.code == "vi" else exc.message_en
        is_refused = exc.code == "classification_refused"
        kept = booking_form.empty(web.now()) if is_refused else _entered(form)
        outcome = Outcome(is_refused=is_refused, problem=text)
        return _rendered(web, state, series, person, request, kept, outcome, status=422)
    entered = _entered(form)
    clash = _clash(web, state, request, person, entered)
    if text_of(form, "use_time"):
        return _rendered(web, state, series, person, request, entered, Outcome(clash=clash))
    read = booking_form.read(entered, words, now=web.now())
    if read.meeting is None:
        outcome = Outcome(errors=read.errors, clash=clash)
        return _rendered(web, state, series, person, request, entered, outcome, status=422)
    if clash.clashes and not entered.is_clash_accepted:
        outcome = Outcome(clash=clash, must_accept=True)
        return _rendered(web, state, series, person, request, entered, outcome, status=409)
    try:
        made = web.meetings.create(read.meeting, actor=person.user_name)
    except RequestError as exc:
        text = exc.message_vi if words.code == "vi" else exc.message_en
        outcome = Outcome(problem=text, clash=clash)
        return _rendered(web, state, series, person, request, entered, outcome, status=422)
    return RedirectResponse(f"/meetings/{made.meeting_id}", status_code=303)


@router.post("/parts/booking/clashes")
def clashes(
    web: WebParts, state: StateSession, person: Office, request: Request, form: Sent
) -> Response:
    """Show what stands in the way of what is chosen so far. Nothing is kept of it."""
    frame = frame_of(request, web, person)
    entered = booking_form.entered(
        {name: text_of(form, name) for name in ("date", "begins", "minutes", "chair_point_id")},
        _participants(form),
    )
    found = _clash(web, state, request, person, entered)
    return page("meetings/parts/clashes.html", frame, clash_view=found)


def _participants(form: FormData) -> list[str]:
    return [value for value in form.getlist("participants") if isinstance(value, str)]


def _entered(form: FormData) -> Entered:
    return booking_form.entered(texts_of(form), _participants(form))


def _clash(
    web: Web, state: Session, request: Request, person: SignedIn, entered: Entered
) -> ClashView:
    times = booking_form.span(entered)
    if times is None or not entered.point_ids:
        return ClashView()
    wanted = booking_of(*times, entered.point_ids)
    others = meeting_queries.bookings(state, begins=times[0], ends=times[0] + HORIZON)
    found = booking.clashes(wanted, others)
    free = free_starts(wanted, others, now=web.now()) if found else []
    names = data.places(state, web.now()).point_names
    words = frame_of(request, web, person).language
    return view.clash_view(words, found, free, names, times[0])


def _rendered(
    web: Web,
    state: Session,
    series: Session,
    person: SignedIn,
    request: Request,
    entered: Entered,
    outcome: Outcome,
    *,
    status: int = 200,
) -> Response:
    now = web.now()
    found = data.places(state, now)
    frame = frame_of(request, web, person, "meetings", found.name)
    states = data.point_states(series, found.points, now)
    shown = view.view(frame.language, entered, found.tree, states, outcome)
    return page("meetings/meeting_new.html", frame, status=status, view=shown)
