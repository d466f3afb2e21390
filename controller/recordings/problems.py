"""Recordings that need a person: one that stands still while its meeting is on, or became no file.

The first is judged as on the meeting's page; since when is a row of the meeting's log, which the
watch has written.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.recordings import RecordingPhase
from controller.meetings import service as meetings
from controller.meetings.service import Meeting
from controller.recordings.service import Shelf
from controller.recordings.shown import recording_of
from controller.web.page_request import PageRequest

# So long a recording of which no file could be made is among what needs a person.
FAILED_SHOWN = timedelta(days=2)
MAX_LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class RecordingProblem:
    """One recording: what is wrong, in words, and since when."""

    meeting_id: str
    title: str
    is_running: bool
    what: str
    since: datetime | None


def problems(asked: PageRequest) -> list[RecordingProblem]:
    """Return what is wrong with recordings now, the oldest meeting first."""
    shelf = asked.web.part(Shelf)
    if not shelf.is_there:
        return []
    found = meetings.recorded_lately(asked.state, asked.now, since=asked.now - FAILED_SHOWN)
    told = (_problem(asked, shelf, meeting) for meeting in found[-MAX_LOOKED_AT:])
    return [one for one in told if one is not None]


def _problem(asked: PageRequest, shelf: Shelf, meeting: Meeting) -> RecordingProblem | None:
    words, meeting_id = asked.words, meeting.meeting_id
    if meetings.is_live(meeting):
        trouble = recording_of(asked, meeting).trouble
        since = meetings.unrecorded_since(asked.state, meeting)
        found = RecordingProblem(meeting_id, meeting.title, True, trouble, since)
        return found if trouble else None
    failed = [
        one.facts
        for one in shelf.of_meeting(meeting_id)
        if one.facts.phase is RecordingPhase.FAILED and not one.is_asked_away
    ]
    if not failed:
        return None
    what = words.gettext("No file could be made of what was recorded. It is kept as it came.")
    return RecordingProblem(meeting_id, meeting.title, False, what, failed[0].ends_at)
