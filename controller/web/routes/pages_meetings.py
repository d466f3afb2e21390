"""Meetings as a list."""

from datetime import timedelta

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from controller.db.queries import state_meetings, state_places
from controller.web.auth import SignedIn
from controller.web.deps import StateSession, Viewer, Web, WebParts
from controller.web.routes.pages_frame import frame_of, place_name
from controller.web.views import meetings as view
from controller.web.views.rendering import page

router = APIRouter(include_in_schema=False)
BACK, AHEAD = timedelta(days=30), timedelta(days=90)


@router.get("/meetings")
def show(web: WebParts, state: StateSession, person: Viewer, request: Request) -> Response:
    """Show the whole page."""
    return _rendered("meetings.html", web, state, person, request)


@router.get("/parts/meetings")
def part(web: WebParts, state: StateSession, person: Viewer, request: Request) -> Response:
    """Show what changes."""
    return _rendered("parts/meetings.html", web, state, person, request)


def _rendered(
    template: str, web: Web, state: Session, person: SignedIn, request: Request
) -> Response:
    now = web.now()
    frame = frame_of(request, web, person, "meetings", place_name(state))
    found = {
        one.meeting_id: one
        for one in (
            *state_meetings.live(state),
            *state_meetings.between(state, begins=now - BACK, ends=now + AHEAD),
        )
    }
    chairs = state_places.points_by_id(state, {one.chair_point_id for one in found.values()})
    shown = view.view(
        frame.language,
        found.values(),
        {str(point_id): point.name for point_id, point in chairs.items()},
        state_meetings.participant_counts(state, found),
    )
    return page(template, frame, view=shown)
