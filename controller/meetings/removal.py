"""Putting a point or a person out of a meeting, and letting them in again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from contracts import text
from contracts.errors import MalformedText
from contracts.ids import MeetingId
from contracts.participants import ParticipantKind
from controller.db.engine import writing
from controller.dispatch.changes import Changes
from controller.errors import Conflict, NotFound
from controller.meetings import access_queries, event_queries, meeting_queries
from controller.meetings.guests import service as guests
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found, refuse_in_person
from controller.meetings.tables import Meeting
from controller.people.accounts import is_somebody

MAX_SUBJECT_CHARS = 60
# A relay's document has room for 400; the rest is for who was signed out.
MAX_PUT_OUT = 300


@dataclass(frozen=True, slots=True)
class Guest:
    """A point by its id, or a person by the name they sign in with."""

    subject: str
    kind: ParticipantKind = ParticipantKind.PERSON


@dataclass(frozen=True, slots=True)
class Removal:
    """Decides who may not be in a meeting. Used from worker threads; keeps nothing itself."""

    state: Engine
    changes: Changes
    now: Callable[[], datetime]

    def put_out(self, meeting_id: str, guest: Guest, *, actor: str) -> None:
        """Close somebody's sessions in a meeting and keep them out until that is undone.

        Raises:
            NotFound: there is no such meeting, or nobody of that name.
            Conflict: the meeting is over, it is the chair's point, oneself, or too many are out.
        """
        if guest.kind is ParticipantKind.PERSON:
            guest = Guest(_name(guest.subject))
            if guest.subject == actor:
                raise Conflict(
                    "not_oneself",
                    "Không tự đưa mình ra khỏi cuộc họp. Đóng trang này là thôi xem.",
                    "Nobody puts themselves out of a meeting. To leave it, close the page.",
                )
        with writing(self.state) as session:
            # Claimed, so that nobody hands it over to this point meanwhile.
            meeting = meeting_queries.claim(session, found(session, meeting_id).meeting_id)
            _check(session, meeting, guest)
            if len(access_queries.expelled(session, meeting_id)) >= MAX_PUT_OUT:
                raise Conflict(
                    "too_many_out",
                    f"Đã đưa {MAX_PUT_OUT} người ra khỏi cuộc họp này. Cho ai đó vào lại trước.",
                    f"{MAX_PUT_OUT} are out of this meeting. Let somebody in again first.",
                )
            is_new = access_queries.put_out(
                session, meeting_id, guest.subject, guest.kind, actor=actor, now=self.now()
            )
            if is_new:
                self._record(session, meeting, "put_out", guest, actor)
        self.changes.note_meeting(MeetingId(meeting_id), meeting.state, ())

    def let_back(self, meeting_id: str, guest: Guest, *, actor: str) -> None:
        """Let somebody in again who was put out.

        Raises:
            NotFound: there is no such meeting, or they were not put out.
        """
        with writing(self.state) as session:
            meeting = found(session, meeting_id)
            if not access_queries.let_back(session, meeting_id, guest.subject, guest.kind):
                raise NotFound("người bị đưa ra", "one that was put out")
            self._record(session, meeting, "let_back", guest, actor)
        self.changes.note_meeting(MeetingId(meeting_id), meeting.state, ())

    def _record(
        self, session: Session, meeting: Meeting, kind: str, guest: Guest, actor: str
    ) -> None:
        is_point = guest.kind is ParticipantKind.POINT
        event_queries.record(
            session,
            meeting.meeting_id,
            kind,
            now=self.now(),
            actor=actor,
            point_id=guest.subject if is_point else None,
            detail="" if is_point else guest.subject,
        )


def refuse_chair_put_out(session: Session, meeting: Meeting) -> None:
    """Refuse that the chair of a meeting is a point that was put out: no relay lets it in.

    Raises:
        Conflict: it was.
    """
    key = (meeting.meeting_id, meeting.chair_point_id, ParticipantKind.POINT)
    if access_queries.is_put_out(session, *key):
        raise Conflict(
            "chair_put_out",
            "Điểm cầu này đã bị đưa ra khỏi cuộc họp nên không chủ trì được. Cho vào lại trước, "
            "hoặc chọn điểm cầu chủ trì khác.",
            "This point was put out of the meeting, so it cannot lead it. Let it in again first, "
            "or choose another chair.",
        )


def _name(typed: str) -> str:
    """Return a name as people have them: relays refuse a document that holds anything else."""
    try:
        return text.line(typed, most=MAX_SUBJECT_CHARS)
    except MalformedText as exc:
        raise NotFound("người dùng", "person") from exc


def _is_known(session: Session, meeting: Meeting, guest: Guest) -> bool:
    return is_somebody(session, guest.subject) or guests.is_guest_of(
        session, meeting.meeting_id, guest.subject
    )


def _check(session: Session, meeting: Meeting, guest: Guest) -> None:
    refuse_in_person(meeting)
    if not MeetingPhase(meeting.state).is_told:
        raise Conflict(
            "wrong_state",
            "Cuộc họp này không diễn ra nên không đưa ai ra được.",
            "The meeting is not on; nobody can be put out of it.",
        )
    if guest.kind is not ParticipantKind.POINT:
        # A relay is taken out of a meeting by the settings alone.
        if guest.kind is ParticipantKind.RELAY or not _is_known(session, meeting, guest):
            raise NotFound("người dùng", "person")
        return
    if guest.subject in (meeting.chair_point_id, meeting.chairing_point_id):
        raise Conflict(
            "chair_stays",
            "Không đưa điểm cầu chủ tọa ra khỏi cuộc họp được. Kết thúc cuộc họp thì được.",
            "The chair's point cannot be put out; the meeting can be ended.",
        )
    if guest.subject not in meeting_queries.participants(session, meeting.meeting_id):
        raise NotFound("điểm cầu", "point in this meeting")
