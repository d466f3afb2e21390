"""The overview."""

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from controller.health.pages import data
from controller.health.views import overview
from controller.meetings import meeting_queries
from controller.meetings.views import meetings
from controller.people.web_sessions import SignedIn
from controller.web.deps import SeriesSession, StateSession, Viewer, Web, WebParts
from controller.web.page_request import frame_of
from controller.web.rendering import page

router = APIRouter(include_in_schema=False)


@router.get("/")
def show(
    web: WebParts, state: StateSession, series: SeriesSession, person: Viewer, request: Request
) -> Response:
    """Show the whole page."""
    return _rendered("health/overview.html", web, state, series, person, request)


@router.get("/parts/overview")
def part(
    web: WebParts, state: StateSession, series: SeriesSession, person: Viewer, request: Request
) -> Response:
    """Show what changes."""
    return _rendered("health/parts/overview.html", web, state, series, person, request)


def _rendered(
    template: str, web: Web, state: Session, series: Session, person: SignedIn, request: Request
) -> Response:
    now = web.now()
    places = data.places(state, now)
    frame = frame_of(request, web, person, "overview", places.name)
    words = frame.language
    coming = data.coming_meetings(state, now)
    counts = meeting_queries.participant_counts(state, [one.meeting_id for one in coming])
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
    points = data.points_now(state, series, web.attendance, places.points, now)
    view = overview.overview(words, now, places.tree, points, lines)
    return page(template, frame, view=view)
