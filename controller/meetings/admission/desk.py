"""A meeting is locked: who comes late waits outside, and is let in by the office."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.floor import MAX_MUTED
from contracts.ids import MeetingId
from contracts.participants import person_named
from controller.db.engine import writing
from controller.dispatch.changes import Changes
from controller.errors import Conflict, NotFound
from controller.meetings import event_queries, meeting_queries
from controller.meetings.admission import admission_queries
from controller.meetings.guests import service as guests
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found, refuse_in_person, wrong_phase
from controller.meetings.tables import Meeting
from controller.people.accounts import is_somebody

LOCKED, UNLOCKED, ADMITTED = "meeting_locked", "meeting_unlocked", "admitted"


@dataclass(frozen=True, slots=True)
class MeetingLock:
    """Locks meetings and lets people in. Used from worker threads; keeps nothing itself."""

    state: Engine
    changes: Changes
    now: Callable[[], datetime]

    def set_locked(self, meeting_id: str, *, is_locked: bool, actor: str) -> bool:
        """Have latecomers wait outside, or come in again; return whether that changed anything.

        Raises:
            NotFound: there is no such meeting.
            Conflict: it is not on, or is held in person.
        """
        now = self.now()
        with writing(self.state) as session:
            meeting = self._running(session, meeting_id)
            if (meeting.locked_at is not None) == is_locked:
                return False
            meeting.locked_at = now if is_locked else None
            session.add(meeting)
            kind = LOCKED if is_locked else UNLOCKED
            event_queries.record(session, meeting_id, kind, now=now, actor=actor)
            state = meeting.state
        self.changes.note_meeting(MeetingId(meeting_id), state, ())
        return True

    def admit(self, meeting_id: str, who: str, *, actor: str) -> bool:
        """Let somebody in who waits outside, or will; return whether that changed anything.

        Args:
            who: an invited point, or a person, as the floor names them.

        Raises:
            NotFound: there is no such meeting, point or person.
            Conflict: the meeting is not on, is held in person, or has let in too many.
        """
        now = self.now()
        with writing(self.state) as session:
            meeting = self._running(session, meeting_id)
            _check(session, meeting, who)
            if admission_queries.count(session, meeting_id) >= MAX_MUTED:
                raise _full()
            if not admission_queries.admit(session, meeting_id, who, actor=actor, now=now):
                return False
            event_queries.record(session, meeting_id, ADMITTED, now=now, actor=actor, who=who)
            state = meeting.state
        self.changes.note_meeting(MeetingId(meeting_id), state, ())
        return True

    def _running(self, session: Session, meeting_id: str) -> Meeting:
        meeting = found(session, meeting_id)
        refuse_in_person(meeting)
        if not MeetingPhase(meeting.state).is_told:
            raise wrong_phase(meeting, "khóa hay mở", "locked or opened")
        return meeting


def _check(session: Session, meeting: Meeting, who: str) -> None:
    person = person_named(who)
    if person is None:
        if who not in meeting_queries.participants(session, meeting.meeting_id):
            raise NotFound("điểm cầu", "point in this meeting")
    elif not (
        is_somebody(session, person) or guests.is_guest_of(session, meeting.meeting_id, person)
    ):
        raise NotFound("người dùng", "person")


def _full() -> Conflict:
    return Conflict(
        "too_many_admitted",
        f"Đã cho {MAX_MUTED} nơi vào muộn. Mở khóa cuộc họp để cho vào tất cả.",
        f"{MAX_MUTED} were let in late. Unlock the meeting to let everybody in.",
    )
