"""One meeting's own page, and what is done there."""

from collections import Counter

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from contracts.floor import FloorMode
from contracts.ids import MeetingId, PointId, RelayId
from controller import meetings
from controller.core.floor_moves import FloorAction, FloorRequest
from controller.core.meeting_state import MeetingPhase, Move
from controller.db.queries import state_events, state_floor, state_meetings, state_places
from controller.db.state_models import Meeting, MeetingEvent, Role
from controller.errors import BadRequest
from controller.web.auth import SignedIn
from controller.web.deps import Office, SeriesSession, StateSession, Viewer, Web, WebParts
from controller.web.routes import pages_data
from controller.web.routes.pages_frame import Sent, frame_of, place_name, text_of
from controller.web.views import meeting as view
from controller.web.views.meeting import MeetingFacts
from controller.web.views.rendering import page
from controller.web.views.seats import Hall

router = APIRouter(include_in_schema=False)


@router.get("/meetings/{meeting_id}")
def show(
    web: WebParts,
    state: StateSession,
    series: SeriesSession,
    person: Viewer,
    request: Request,
    meeting_id: str,
) -> Response:
    """Show the whole page."""
    return _rendered("meeting.html", web, state, series, person, request, meeting_id)


@router.get("/parts/meetings/{meeting_id}")
def part(
    web: WebParts,
    state: StateSession,
    series: SeriesSession,
    person: Viewer,
    request: Request,
    meeting_id: str,
) -> Response:
    """Show what changes."""
    return _rendered("parts/meeting.html", web, state, series, person, request, meeting_id)


@router.post("/meetings/{meeting_id}/floor")
def move_floor(
    web: WebParts, person: Office, request: Request, meeting_id: str, form: Sent
) -> Response:
    """Move the floor; everyone's page follows by the stream."""
    wanted = _floor_request(
        text_of(form, "action"), text_of(form, "point_id"), text_of(form, "mode")
    )
    web.meetings.change_floor(meeting_id, wanted, actor=person.user_name)
    return _done(request, meeting_id)


@router.post("/meetings/{meeting_id}/end")
def end(web: WebParts, person: Office, meeting_id: str) -> Response:
    """End the meeting."""
    web.meetings.move(meeting_id, Move.END, actor=person.user_name)
    return RedirectResponse(f"/meetings/{meeting_id}", status_code=303)


@router.post("/meetings/{meeting_id}/cancel")
def cancel(web: WebParts, person: Office, meeting_id: str) -> Response:
    """Cancel a meeting that has not begun."""
    web.meetings.move(meeting_id, Move.CANCEL, actor=person.user_name)
    return RedirectResponse(f"/meetings/{meeting_id}", status_code=303)


def _floor_request(action: str, point_id: str, mode: str) -> FloorRequest:
    try:
        return FloorRequest(
            FloorAction(action),
            PointId(point_id) if point_id else None,
            FloorMode(mode) if mode else None,
        )
    except ValueError as exc:
        raise BadRequest(
            "invalid_request",
            "Trang gửi một việc không có. Tải lại trang rồi thử lại.",
            "The page asked for something that does not exist. Reload it and try again.",
        ) from exc


def _done(request: Request, meeting_id: str) -> Response:
    if request.headers.get("hx-request") == "true":
        return Response(status_code=200, media_type="text/html")
    return RedirectResponse(f"/meetings/{meeting_id}", status_code=303)


def _rendered(
    template: str,
    web: Web,
    state: Session,
    series: Session,
    person: SignedIn,
    request: Request,
    meeting_id: str,
) -> Response:
    now = web.now()
    meeting = meetings.found(state, meeting_id)
    frame = frame_of(request, web, person, "meetings", place_name(state))
    events = state_events.of_meeting(state, meeting_id)
    facts = MeetingFacts(
        meeting=meeting,
        hall=_hall(web, state, series, person, meeting, events),
        events=events,
        is_relay_online=web.attendance.is_online(RelayId(meeting.relay_id)),
        has_undo=state_floor.undo_state(state, meeting_id) is not None,
        is_office=person.may(Role.OFFICE),
    )
    return page(template, frame, view=view.view(frame.language, now, facts))


def _hall(
    web: Web,
    state: Session,
    series: Session,
    person: SignedIn,
    meeting: Meeting,
    events: list[MeetingEvent],
) -> Hall:
    order = state_meetings.participants(state, meeting.meeting_id)
    known = state_places.points_by_id(state, order)
    points = [known[one] for one in order if one in known]
    given = Counter(one.point_id for one in events if one.kind == "floor_given" and one.point_id)
    return Hall(
        chair_id=meeting.chair_point_id,
        points=points,
        floor=state_floor.current(state, meeting.meeting_id),
        attendance=web.attendance.of(MeetingId(meeting.meeting_id)),
        point_states=pages_data.point_states(series, points, web.now()),
        speeches=given,
        is_live=MeetingPhase(meeting.state) is MeetingPhase.LIVE,
        is_open=view.is_playable(meeting, web.now()),
        can_act=person.may(Role.OFFICE),
    )
