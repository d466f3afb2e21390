"""Meetings as a list."""

from datetime import timedelta

from fastapi import APIRouter

from controller.meetings import meeting_queries
from controller.meetings.views import meetings as view
from controller.meetings.views.meetings import MeetingsView
from controller.places import service as places
from controller.web.page_request import PageRequest
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)


@live_page(router, "/meetings", "meetings/meetings.html", section="meetings")
def meetings(asked: PageRequest) -> MeetingsView:
    """Return the meetings that are on, to come, and past."""
    state, now, pages = asked.state, asked.now, asked.web.settings.pages
    begins = now - timedelta(days=pages.past_days)
    ends = now + timedelta(days=pages.ahead_days)
    found = {
        one.meeting_id: one
        for one in (
            *meeting_queries.live(state),
            *meeting_queries.between(state, begins=begins, ends=ends),
        )
    }
    chairs = places.points_by_id(state, {one.chair_point_id for one in found.values()})
    names = {str(point_id): point.name for point_id, point in chairs.items()}
    counts = meeting_queries.participant_counts(state, found)
    return view.view(asked.words, found.values(), names, counts, pages.past_days)
