"""The lines of a meeting that runs: a part of its page that follows the relay by itself."""

from collections.abc import Sequence

from fastapi import APIRouter, Response

from contracts.ids import MeetingId, RelayId
from controller.health import service as health
from controller.meetings import line_verdicts, meeting_queries
from controller.meetings.attendance import Attendance
from controller.meetings.refusals import found, refuse_in_person
from controller.meetings.tables import Meeting
from controller.meetings.views import lines as view
from controller.meetings.views.lines import LineFacts
from controller.places import service as places
from controller.places.service import Point
from controller.web.page_request import Asked, PageRequest

router = APIRouter(include_in_schema=False)


@router.get("/parts/meetings/{meeting_id}/lines-now")
def part(asked: Asked) -> Response:
    """Show them as they are now."""
    row = found(asked.state, asked.named("meeting_id"))
    refuse_in_person(row)
    invited = meeting_queries.participants(asked.state, row.meeting_id)
    points = list(places.points_by_id(asked.state, invited).values())
    lines = view.view(asked.words, asked.now, line_facts(asked, row, points))
    return asked.page("meetings/parts/lines.html", "meetings", lines=lines)


def line_facts(asked: PageRequest, meeting: Meeting, points: Sequence[Point]) -> LineFacts:
    """Return what the relays say of a meeting's lines, and the machines at their ends."""
    attendance = asked.web.part(Attendance)
    state = attendance.meeting_state(MeetingId(meeting.meeting_id))
    attendees = state.attendees if state else ()
    return LineFacts(
        meeting_id=meeting.meeting_id,
        points=points,
        attendees=attendees,
        reported_at=attendance.reported_at(RelayId(meeting.relay_id)),
        reports=health.last_reports(asked.series, line_verdicts.stalled(attendees)),
    )
