"""What a meeting's lines were like, kept by the minute: a page, and a file to calculate with."""

from fastapi import APIRouter, Response

from controller.health import service as health
from controller.meetings.refusals import found
from controller.meetings.views import kept_lines as view
from controller.meetings.views.kept_lines import KeptLinesView
from controller.places import service as places
from controller.web.page_request import Asked, PageRequest
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)


@live_page(router, "/meetings/{meeting_id}/lines", "meetings/kept_lines.html", section="meetings")
def kept_lines(asked: PageRequest) -> KeptLinesView:
    """Return a row a point, worst first."""
    row = found(asked.state, asked.named("meeting_id"))
    points = health.minutes_of_meeting(asked.series, row.meeting_id)
    known = places.points_by_id(asked.state, list(points)).values()
    names = {point.point_id: point.name for point in known}
    return view.view(asked.words, row, names, points)


@router.get("/meetings/{meeting_id}/lines.csv")
def kept_lines_csv(asked: Asked) -> Response:
    """Return every minute as a file."""
    row = found(asked.state, asked.named("meeting_id"))
    text = view.as_csv(health.minutes_of_meeting(asked.series, row.meeting_id))
    name = f'attachment; filename="{row.meeting_id}-lines.csv"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
