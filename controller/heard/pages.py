"""Who heard a meeting, and the evidence of each point by the minute."""

from fastapi import APIRouter

from controller.errors import NotFound
from controller.heard import view
from controller.heard.service import allowed_of, minutes_of, point_meetings
from controller.heard.view import MeetingHeardView, PointHeardView
from controller.meetings import service as meetings
from controller.meetings.service import Meeting
from controller.places import service as places
from controller.web.page_request import PageRequest
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)


@live_page(router, "/meetings/{meeting_id}/heard", "heard/meeting.html", section="meetings")
def meeting_heard(asked: PageRequest) -> MeetingHeardView:
    """Return a row a point, worst first."""
    meeting = meetings.found(asked.state, asked.named("meeting_id"))
    said = point_meetings(asked.state, [meeting.meeting_id])
    points = places.points_by_id(asked.state, [one.point_id for one in said])
    names = {point.point_id: point.name for point in points.values()}
    return view.meeting_view(asked.words, meeting, names, said, allowed=_allowed(asked, meeting))


@live_page(
    router, "/meetings/{meeting_id}/heard/{point_id}", "heard/point.html", section="meetings"
)
def point_heard(asked: PageRequest) -> PointHeardView:
    """Return the evidence of one point."""
    meeting = meetings.found(asked.state, asked.named("meeting_id"))
    point_id = asked.named("point_id")
    point = next(iter(places.points_by_id(asked.state, [point_id]).values()), None)
    if point is None or point_id not in meetings.joining(asked.state, meeting.meeting_id):
        raise NotFound("điểm cầu trong cuộc họp", "point in the meeting")
    strip = minutes_of(asked.state, meeting.meeting_id, point_id)
    return view.point_view(
        asked.words, meeting, point_id, point.name, strip, allowed=_allowed(asked, meeting)
    )


def _allowed(asked: PageRequest, meeting: Meeting) -> int:
    """Return what the meeting was allowed when it was judged, whatever the settings say now."""
    judged_by = allowed_of(asked.state, meeting.meeting_id)
    return asked.web.settings.uninterrupted.allowed_min if judged_by is None else judged_by
