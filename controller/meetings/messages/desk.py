"""The office says something short on a room's screen, or on all of a meeting, and takes it back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.desired import MAX_MESSAGE_CHARS
from contracts.ids import MeetingId
from controller.db.engine import writing
from controller.dispatch.changes import Changes
from controller.entered import Label, line
from controller.errors import Conflict, NotFound
from controller.meetings import event_queries, meeting_queries
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.messages import message_queries
from controller.meetings.messages.tables import ScreenMessage
from controller.meetings.refusals import found, refuse_in_person, wrong_phase

SHOWN_FOR = timedelta(minutes=3)
MAX_MESSAGES = 1000
_TEXT = Label("Lời nhắn", "The message")


@dataclass(frozen=True, slots=True)
class MessageDesk:
    """Sends messages to screens. Used from worker threads; keeps nothing itself."""

    state: Engine
    changes: Changes
    now: Callable[[], datetime]

    def send(self, meeting_id: str, point_id: str | None, text: str, *, actor: str) -> int:
        """Show a message for a while; return its id.

        Args:
            point_id: None: to all points of the meeting.
            text: at most 60 letters, as typed.

        Raises:
            NotFound: there is no such meeting, or the point is not invited.
            BadEntry: the text is empty, too long or holds what cannot be shown.
            Conflict: the meeting is not on, is held in person, or has had too many.
        """
        kept, now = line(_TEXT, text, most=MAX_MESSAGE_CHARS), self.now()
        with writing(self.state) as session:
            self._check(session, meeting_id, point_id)
            made = ScreenMessage(
                meeting_id=meeting_id,
                point_id=point_id,
                text=kept,
                sent_at=now,
                ends_at=now + SHOWN_FOR,
                sent_by=actor,
            )
            message_id = message_queries.add(session, made)
            _record(session, made, "message_sent", actor, now)
        self.changes.note_messages(MeetingId(meeting_id))
        return message_id

    def take_back(self, meeting_id: str, message_id: int, *, actor: str) -> None:
        """Take a message from the screens before its time is over.

        Raises:
            NotFound: there is no such meeting, or no such message on any screen.
        """
        now = self.now()
        with writing(self.state) as session:
            found(session, meeting_id)
            taken = message_queries.take_back(session, meeting_id, message_id, now=now)
            if taken is None:
                raise NotFound("lời nhắn đang hiện", "message on a screen")
            _record(session, taken, "message_taken_back", actor, now)
        self.changes.note_messages(MeetingId(meeting_id))

    def _check(self, session: Session, meeting_id: str, point_id: str | None) -> None:
        meeting = found(session, meeting_id)
        refuse_in_person(meeting)
        if MeetingPhase(meeting.state) is not MeetingPhase.LIVE:
            raise wrong_phase(meeting, "nhắn lên màn hình", "written to its screens")
        if point_id is not None and point_id not in meeting_queries.participants(
            session, meeting_id
        ):
            raise NotFound("điểm cầu", "point in this meeting")
        if message_queries.count(session, meeting_id) >= MAX_MESSAGES:
            raise Conflict(
                "too_many_messages",
                f"Cuộc họp này đã có {MAX_MESSAGES} lời nhắn nên không nhắn thêm được.",
                f"The meeting has had {MAX_MESSAGES} messages and takes no more.",
            )


def _record(session: Session, message: ScreenMessage, kind: str, actor: str, now: datetime) -> None:
    event_queries.record(
        session,
        message.meeting_id,
        kind,
        now=now,
        actor=actor,
        point_id=message.point_id,
        detail=message.text,
    )
