"""What whoever asks sees of a meeting's recordings: now, and afterwards."""

from collections.abc import Sequence

from contracts.recordings import RecorderStatus
from controller.errors import RecordingsBusy
from controller.meetings import service as meetings
from controller.meetings.attendance import Attendance
from controller.meetings.service import Meeting
from controller.recordings.disk import ShelfDisk
from controller.recordings.service import Shelf, ShelvedRecording
from controller.recordings.view import RecordingNow, ShelfView, now_of, shelf_view
from controller.roles import Role
from controller.web.page_request import PageRequest
from controller.web.signed_in import SignedIn


def shelf_of(asked: PageRequest, meeting: Meeting) -> ShelfView:
    """Return a meeting's recordings as whoever asks may see them."""
    shelf = asked.web.part(Shelf)
    try:
        found = asked.web.part(ShelfDisk).ask(shelf.of_meeting, meeting.meeting_id)
    except RecordingsBusy:
        return _seen(asked, meeting, None)
    return _seen(asked, meeting, found)


def one_of_shelf(asked: PageRequest, meeting: Meeting, run: str) -> ShelfView:
    """Return the same with one recording.

    Raises:
        NotFound: there is no such recording.
        RecordingsBusy: the disk does not answer.
    """
    shelf = asked.web.part(Shelf)
    return _seen(
        asked, meeting, [asked.web.part(ShelfDisk).ask(shelf.get, meeting.meeting_id, run)]
    )


def _seen(
    asked: PageRequest, meeting: Meeting, found: Sequence[ShelvedRecording] | None
) -> ShelfView:
    return shelf_view(
        asked.words,
        asked.now,
        meeting.meeting_id,
        found,
        title=meeting.title,
        is_shown=meeting.is_recorded and asked.web.part(Shelf).is_there,
        is_live=is_on(asked, meeting),
        may_open=asked.person.may(Role.OFFICE),
        may_delete=may_delete(asked.person, meeting),
    )


def is_on(asked: PageRequest, meeting: Meeting) -> bool:
    """Return whether a meeting is on: what its relay forwards is recorded, begun by us or not."""
    return meetings.is_on(meeting, asked.web.part(Attendance).forwarded())


def may_delete(person: SignedIn, meeting: Meeting) -> bool:
    """Return whether somebody may delete a meeting's recordings: who set it, or administers."""
    is_own = person.may(Role.OFFICE) and person.user_name == meeting.created_by
    return is_own or person.may(Role.ADMIN)


def recording_of(asked: PageRequest, meeting: Meeting) -> RecordingNow:
    """Return what is to be said of a meeting's recording while it is on."""
    return recording_by(asked, meeting, asked.web.part(Shelf).status(asked.now))


def recording_by(
    asked: PageRequest, meeting: Meeting, status: RecorderStatus | None
) -> RecordingNow:
    """Return the same, by what the recorder is known to have said."""
    shelf = asked.web.part(Shelf)
    return now_of(
        asked.words,
        status,
        meeting.meeting_id,
        is_declared=meeting.is_recorded and shelf.is_there and not meetings.is_over(meeting),
        begun_at=(meeting.live_at or meeting.begins_at) if is_on(asked, meeting) else None,
        now=asked.now,
    )
