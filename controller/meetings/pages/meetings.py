"""Meetings as a list."""

from datetime import timedelta

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from controller.meetings import meeting_queries
from controller.meetings.views import meetings as view
from controller.people.web_sessions import SignedIn
from controller.places import place_queries
from controller.web.deps import StateSession, Viewer, Web, WebParts
from controller.web.page_request import frame_of, place_name
from controller.web.rendering import page

router = APIRouter(include_in_schema=False)
BACK, AHEAD = timedelta(days=30), timedelta(days=90)


@router.get("/meetings")
def show(web: WebParts, state: StateSession, person: Viewer, request: Request) -> Response:
    """Show the whole page."""
    return _rendered("meetings/meetings.html", web, state, person, request)


@router.get("/parts/meetings")
def part(web: WebParts, state: StateSession, person: Viewer, request: Request) -> Response:
    """Show what changes."""
    return _rendered("meetings/parts/meetings.html", web, state, person, request)


def _rendered(
    template: str, web: Web, state: Session, person: SignedIn, request: Request
) -> Response:
    now = web.now()
    frame = frame_of(request, web, person, "meetings", place_name(state))
    found = {
        one.meeting_id: one
        for one in (
            *meeting_queries.live(state),
            *meeting_queries.between(state, begins=now - BACK, ends=now + AHEAD),
        )
    }
    chairs = place_queries.points_by_id(state, {one.chair_point_id for one in found.values()})
    shown = view.view(
        frame.language,
        found.values(),
        {str(point_id): point.name for point_id, point in chairs.items()},
        meeting_queries.participant_counts(state, found),
    )
    return page(template, frame, view=shown)
