"""An emergency meeting in three presses: that there is one, of which group, begin now."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.errors import NotFound, RequestError
from controller.meetings import calendar
from controller.meetings.calendar import Calendar
from controller.meetings.prepared import group_queries
from controller.meetings.prepared.acts import PreparingActs
from controller.meetings.prepared.emergency import USUAL_MIN, EmergencyDesk, EmergencyForm
from controller.meetings.views import emergency as view
from controller.meetings.views.booking_form import DURATIONS_MIN
from controller.meetings.views.emergency import ReadyView
from controller.places import service as places
from controller.web.page_request import AskedByOffice, PageRequest, Sent, text_of

router = APIRouter(include_in_schema=False)


@router.get("/meetings/emergency")
def show(asked: AskedByOffice, group: str = "") -> Response:
    """Show the groups to choose from, and of the one that is chosen what would begin."""
    return _page(asked, EmergencyForm(group))


@router.post("/meetings/emergency")
def begin(asked: AskedByOffice, acts: PreparingActs, form: Sent) -> Response:
    """Begin the meeting and lead to its page; else say what is in the way."""
    try:
        calendar.refuse_unless_normal(text_of(form, "classification"))
    except RequestError as exc:
        return _page(asked, EmergencyForm(text_of(form, "group")), exc)
    wanted = EmergencyForm(
        group_id=text_of(form, "group"),
        title=text_of(form, "title").strip(),
        minutes=_minutes(text_of(form, "minutes")),
        accepted=frozenset(text_of(form, "accept_clash").split()),
    )
    try:
        meeting = acts.begin_emergency(wanted)
    except RequestError as exc:
        return _page(asked, wanted, exc)
    return RedirectResponse(f"/meetings/{meeting.meeting_id}", status_code=303)


def _minutes(typed: str) -> int:
    """Return how long it is to last: as the page offers, else as usual."""
    try:
        minutes = numbers.whole(typed, most=DURATIONS_MIN[-1])
    except MalformedNumber:
        return USUAL_MIN
    return minutes if minutes in DURATIONS_MIN else USUAL_MIN


def _page(
    asked: PageRequest, wanted: EmergencyForm, problem: RequestError | None = None
) -> Response:
    names = places.as_of(asked.state, asked.now).point_names
    groups = group_queries.every(asked.state)
    known = {one.group_id for one in groups}
    chosen = _ready(asked, wanted) if wanted.group_id in known else None
    if wanted.group_id and chosen is None and problem is None:
        problem = NotFound("nhóm điểm cầu", "group of points")
    shown = view.view(
        asked.words,
        groups,
        chosen,
        names,
        problem=problem.said_in(asked.words.code) if problem else "",
    )
    status = problem.status if problem else 200
    return asked.page("meetings/emergency.html", "meetings", status=status, view=shown)


def _ready(asked: PageRequest, wanted: EmergencyForm) -> ReadyView:
    desk = EmergencyDesk(asked.web.part(Calendar))
    plan = desk.plan(asked.state, wanted.group_id, now=asked.now, minutes=wanted.minutes)
    listed = places.points_by_id(asked.state, plan.group.point_ids)
    called = {str(point_id): one.name for point_id, one in listed.items()}
    return view.ready_view(
        asked.words, plan, called, asked.now, title=wanted.title, minutes=wanted.minutes
    )
