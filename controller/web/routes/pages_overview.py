"""The overview."""

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from controller.db.queries import state_meetings
from controller.web.auth import SignedIn
from controller.web.deps import SeriesSession, StateSession, Viewer, Web, WebParts
from controller.web.routes import pages_data
from controller.web.routes.pages_frame import frame_of
from controller.web.views import meetings, overview
from controller.web.views.rendering import page

router = APIRouter(include_in_schema=False)


@router.get("/")
def show(
    web: WebParts, state: StateSession, series: SeriesSession, person: Viewer, request: Request
) -> Response:
    """Show the whole page."""
    return _rendered("overview.html", web, state, series, person, request)


@router.get("/parts/overview")
def part(
    web: WebParts, state: StateSession, series: SeriesSession, person: Viewer, request: Request
) -> Response:
    """Show what changes."""
    return _rendered("parts/overview.html", web, state, series, person, request)


def _rendered(
    template: str, web: Web, state: Session, series: Session, person: SignedIn, request: Request
) -> Response:
    now = web.now()
    places = pages_data.places(state, now)
    frame = frame_of(request, web, person, "overview", places.name)
    words = frame.language
    coming = pages_data.coming_meetings(state, now)
    counts = state_meetings.participant_counts(state, [one.meeting_id for one in coming])
    names = places.point_names
    lines = [
        meetings.line(
            words,
            now,
            one,
            names.get(one.chair_point_id, one.chair_point_id),
            counts.get(one.meeting_id, 0),
        )
        for one in coming
    ]
    points = pages_data.points_now(state, series, web.attendance, places.points, now)
    view = overview.overview(words, now, places.tree, points, lines)
    return page(template, frame, view=view)
