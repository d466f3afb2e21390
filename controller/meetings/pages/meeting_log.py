"""The whole log of a meeting, beyond the lines that its own page has."""

from fastapi import APIRouter

from controller.meetings import event_queries, meeting_queries
from controller.meetings.guests import service as guests
from controller.meetings.refusals import found
from controller.meetings.views import meeting_log
from controller.meetings.views.meeting_log import WholeLogView
from controller.places import service as places
from controller.web.page_request import PageRequest
from controller.web.registration import live_page

MAX_LINES = 5000

router = APIRouter(include_in_schema=False)


@live_page(router, "/meetings/{meeting_id}/log", "meetings/whole_log.html", section="meetings")
def whole_log(asked: PageRequest) -> WholeLogView:
    """Return everything that happened, the newest first."""
    row = found(asked.state, asked.named("meeting_id"))
    newest = event_queries.of_meeting(asked.state, row.meeting_id, limit=MAX_LINES + 1)
    events = newest[-MAX_LINES:]
    invited = meeting_queries.participants(asked.state, row.meeting_id)
    known = places.points_by_id(asked.state, invited).values()
    names = {str(point.point_id): point.name for point in known}
    called = {name for one in events for name in (one.subject, one.detail, one.actor)}
    people = guests.called(asked.state, called, mark=asked.words.gettext("guest"))
    is_cut = len(newest) > MAX_LINES
    return meeting_log.whole(asked.words, asked.now, row, events, names, people, is_cut=is_cut)
