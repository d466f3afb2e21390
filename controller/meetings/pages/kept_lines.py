"""What a meeting's lines were like, kept by the minute: a page, and a file to calculate with."""

from fastapi import APIRouter, Response

from contracts.meeting_times import opens_at
from controller.health import service as health
from controller.meetings import meeting_queries
from controller.meetings.kept_lines import MINUTE, Minutes
from controller.meetings.refusals import found
from controller.meetings.tables import Meeting
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
    points = _points(asked, row)
    known = places.points_by_id(asked.state, list(points)).values()
    names = {point.point_id: point.name for point in known}
    return view.view(asked.words, row, names, points)


@router.get("/meetings/{meeting_id}/lines.csv")
def kept_lines_csv(asked: Asked) -> Response:
    """Return every minute as a file."""
    row = found(asked.state, asked.named("meeting_id"))
    text = view.as_csv(_points(asked, row))
    name = f'attachment; filename="{row.meeting_id}-lines.csv"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _points(asked: PageRequest, meeting: Meeting) -> dict[str, Minutes]:
    """Return the minutes of those who are in the meeting, whatever others claim of it.

    Nor does what somebody claims of a time before or after it lengthen it.
    """
    kept = health.minutes_of_meeting(asked.series, meeting.meeting_id)
    invited = meeting_queries.participants(asked.state, meeting.meeting_id)
    first = opens_at(meeting.begins_at) - MINUTE
    last = meeting.ended_at or asked.now
    found = {
        one: {at: minute for at, minute in kept[one].items() if first < at <= last}
        for one in sorted(invited)
        if one in kept
    }
    return {one: minutes for one, minutes in found.items() if minutes}
