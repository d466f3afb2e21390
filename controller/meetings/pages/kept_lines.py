"""What a meeting's lines were like, kept by the minute: a page, and a file to calculate with."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from fastapi import APIRouter, Response

from contracts.meeting_times import opens_at
from contracts.participants import person_named
from controller.health import service as health
from controller.ingest.line_minute import BriefMinute, LineMinute
from controller.meetings import meeting_queries
from controller.meetings.guests import service as guests
from controller.meetings.kept_lines import MINUTE
from controller.meetings.refusals import found, refuse_in_person
from controller.meetings.tables import Meeting
from controller.meetings.views import kept_lines as view
from controller.meetings.views.kept_lines import KeptLinesView
from controller.places import service as places
from controller.web.download import csv_download
from controller.web.page_request import Asked, PageRequest
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)
KeptMinute = TypeVar("KeptMinute", BriefMinute, LineMinute)


@live_page(router, "/meetings/{meeting_id}/lines", "meetings/kept_lines.html", section="meetings")
def kept_lines(asked: PageRequest) -> KeptLinesView:
    """Return a row a point, worst first."""
    row = found(asked.state, asked.named("meeting_id"))
    refuse_in_person(row)
    kept = _within(asked, row, health.brief_minutes_of_meeting(asked.series, row.meeting_id))
    return view.view(asked.words, row, _names(asked, kept), kept)


@router.get("/meetings/{meeting_id}/lines.csv")
def kept_lines_csv(asked: Asked) -> Response:
    """Return every minute as a file."""
    row = found(asked.state, asked.named("meeting_id"))
    refuse_in_person(row)
    kept = _within(asked, row, health.minutes_of_meeting(asked.series, row.meeting_id))
    return csv_download(view.as_csv(kept), f"{row.meeting_id}-lines.csv")


def _names(asked: PageRequest, subjects: Iterable[str]) -> dict[str, str]:
    people = {one: name for one in subjects if (name := person_named(one)) is not None}
    known = guests.called(asked.state, people.values(), mark=asked.words.gettext("guest"))
    names = {one: known.get(name, name) for one, name in people.items()}
    points = places.points_by_id(asked.state, [one for one in subjects if one not in people])
    return names | {point.point_id: point.name for point in points.values()}


def _within(
    asked: PageRequest, meeting: Meeting, kept: Mapping[str, Mapping[datetime, KeptMinute]]
) -> dict[str, dict[datetime, KeptMinute]]:
    """Return the minutes of people and of invited points, whatever other points claim.

    Nor does what somebody claims of a time before or after it lengthen it.
    """
    invited = set(meeting_queries.participants(asked.state, meeting.meeting_id))
    first = opens_at(meeting.begins_at) - MINUTE
    last = meeting.ended_at or asked.now
    found = {
        one: {at: minute for at, minute in kept[one].items() if first < at <= last}
        for one in sorted(kept)
        if one in invited or person_named(one) is not None
    }
    return {one: minutes for one, minutes in found.items() if minutes}
