"""Recordings that need a person: one that stands still while its meeting is on, or became no file.

The first is judged as on the meeting's page; since when is a row of the meeting's log, which the
watch has written.
"""

from dataclasses import dataclass
from datetime import datetime

from controller.meetings import service as meetings
from controller.meetings.service import Meeting
from controller.recordings.service import LastLook, Shelf, heard_lately
from controller.recordings.shown import recording_by
from controller.recordings.watch import FAILED_SHOWN
from controller.web.page_request import PageRequest


@dataclass(frozen=True, slots=True)
class RecordingProblem:
    """One recording: what is wrong, in words, and since when."""

    meeting_id: str
    title: str
    is_running: bool
    what: str
    since: datetime | None


def problems(asked: PageRequest) -> list[RecordingProblem]:
    """Return what is wrong with recordings now, the oldest meeting first; waits for no disk."""
    if not asked.web.part(Shelf).is_there:
        return []
    found = meetings.recorded_lately(asked.state, asked.now, since=asked.now - FAILED_SHOWN)
    told = (_problem(asked, meeting) for meeting in found)
    return [one for one in told if one is not None]


def _problem(asked: PageRequest, meeting: Meeting) -> RecordingProblem | None:
    last, meeting_id = asked.web.part(LastLook), meeting.meeting_id
    if meetings.is_live(meeting):
        status = heard_lately(last.status, asked.now)
        trouble = recording_by(asked, meeting, status).trouble
        if not trouble:
            return None
        since = meetings.unrecorded_since(asked.state, meeting)
        return RecordingProblem(meeting_id, meeting.title, True, trouble, since)
    if meeting_id not in last.failed:
        return None
    what = asked.words.gettext("No file could be made of what was recorded. It is kept as it came.")
    return RecordingProblem(meeting_id, meeting.title, False, what, last.failed[meeting_id])
