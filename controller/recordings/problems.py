"""Recordings that need a person: one that stands still while its meeting is on, or became no file.

The first is judged as on the meeting's page; since when is a row of the meeting's log, which the
watch has written.
"""

from dataclasses import dataclass
from datetime import datetime

from controller.meetings import service as meetings
from controller.meetings.attendance import Attendance
from controller.meetings.service import Meeting
from controller.recordings.service import LastLook, Shelf, heard_lately
from controller.recordings.shown import is_on, recording_by
from controller.recordings.watch import FAILED_SHOWN
from controller.web.page_request import PageRequest


@dataclass(frozen=True, slots=True)
class RecordingProblem:
    """One recording: what is wrong, in words, since when, and what to do."""

    meeting_id: str
    title: str
    is_running: bool
    what: str
    since: datetime | None
    remedy: str


def problems(asked: PageRequest) -> list[RecordingProblem]:
    """Return what is wrong with recordings now, the oldest meeting first; waits for no disk."""
    if not asked.web.part(Shelf).is_there:
        return []
    since, forwarded = asked.now - FAILED_SHOWN, asked.web.part(Attendance).forwarded()
    found = meetings.recorded_lately(asked.state, asked.now, forwarded, since=since)
    told = (_problem(asked, meeting) for meeting in found)
    return [one for one in told if one is not None]


def _problem(asked: PageRequest, meeting: Meeting) -> RecordingProblem | None:
    last, meeting_id = asked.web.part(LastLook), meeting.meeting_id
    if is_on(asked, meeting):
        status = heard_lately(last.status, asked.now)
        found = recording_by(asked, meeting, status)
        if not found.trouble:
            return None
        since = meetings.unrecorded_since(asked.state, meeting)
        return RecordingProblem(meeting_id, meeting.title, True, found.trouble, since, found.remedy)
    if meeting_id not in last.failed:
        return None
    what = asked.words.gettext("No file could be made of what was recorded. It is kept as it came.")
    remedy = asked.words.gettext("Fetch it as it came from the meeting's page, or delete it there.")
    return RecordingProblem(meeting_id, meeting.title, False, what, last.failed[meeting_id], remedy)
