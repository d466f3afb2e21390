"""One meeting's own page, and what is done there."""

from collections import Counter

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from contracts.floor import FloorMode
from contracts.ids import MeetingId, PointId, RelayId
from controller.errors import BadRequest
from controller.health.pages import data
from controller.meetings import event_queries, floor_queries, meeting_queries
from controller.meetings import service as meetings
from controller.meetings.floor_moves import FloorAction, FloorRequest
from controller.meetings.meeting_state import MeetingPhase, Move
from controller.meetings.tables import Meeting, MeetingEvent
from controller.meetings.views import meeting as view
from controller.meetings.views.meeting import MeetingFacts
from controller.meetings.views.seats import MeetingRoster
from controller.people.web_sessions import SignedIn
from controller.places import place_queries
from controller.roles import Role
from controller.web.deps import Office, SeriesSession, StateSession, Viewer, Web, WebParts
from controller.web.page_request import Sent, frame_of, place_name, text_of
from controller.web.rendering import page

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
    return _rendered("meetings/meeting.html", web, state, series, person, request, meeting_id)


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
    return _rendered("meetings/parts/meeting.html", web, state, series, person, request, meeting_id)


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
    events = event_queries.of_meeting(state, meeting_id)
    facts = MeetingFacts(
        meeting=meeting,
        roster=_hall(web, state, series, person, meeting, events),
        events=events,
        is_relay_online=web.attendance.is_online(RelayId(meeting.relay_id)),
        has_undo=floor_queries.undo_state(state, meeting_id) is not None,
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
) -> MeetingRoster:
    order = meeting_queries.participants(state, meeting.meeting_id)
    known = place_queries.points_by_id(state, order)
    points = [known[one] for one in order if one in known]
    given = Counter(one.point_id for one in events if one.kind == "floor_given" and one.point_id)
    return MeetingRoster(
        chair_id=meeting.chair_point_id,
        points=points,
        floor=floor_queries.current(state, meeting.meeting_id),
        attendance=web.attendance.of(MeetingId(meeting.meeting_id)),
        point_states=data.point_states(series, points, web.now()),
        speeches=given,
        is_live=MeetingPhase(meeting.state) is MeetingPhase.LIVE,
        is_open=view.is_playable(meeting, web.now()),
        can_act=person.may(Role.OFFICE),
    )
