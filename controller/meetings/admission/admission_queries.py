"""Who comes into a meeting that is locked: whoever was in before, and whom the office let in."""

import re
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from contracts.desired import MAX_ADMITTED
from contracts.ids import SPEAKER_PATTERN
from contracts.participants import ParticipantKind, speaker_id
from controller.meetings.admission.tables import LateAdmission
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting, MeetingEvent

_FINAL = [phase.value for phase in MeetingPhase if phase.is_final]


def admit(session: Session, meeting_id: str, who: str, *, actor: str, now: datetime) -> bool:
    """Let somebody in; False: they were let in before. Two who do so at once do it once."""
    is_postgres = session.get_bind().dialect.name == "postgresql"
    insert = (postgresql if is_postgres else sqlite).insert(LateAdmission)
    row = {"meeting_id": meeting_id, "who": who, "admitted_by": actor, "admitted_at": now}
    put = insert.values(row).on_conflict_do_nothing(index_elements=["meeting_id", "who"])
    return session.execute(put.returning(col(LateAdmission.who))).first() is not None


def count(session: Session, meeting_id: str) -> int:
    """Return how many were let in."""
    return len(_let_in(session, meeting_id))


def admitted(session: Session, meeting: Meeting) -> tuple[str, ...] | None:
    """Return who comes in, the chair's point first; None: the meeting is not locked.

    Whoever has ever been in comes back without asking. Of more than a document takes the last
    are left out.
    """
    if meeting.locked_at is None:
        return None
    came = session.exec(
        select(MeetingEvent.point_id, MeetingEvent.subject)
        .where(MeetingEvent.meeting_id == meeting.meeting_id, MeetingEvent.kind == "joined")
        .distinct()
    )
    been = {point_id or speaker_id(subject, ParticipantKind.PERSON) for point_id, subject in came}
    known = been | _let_in(session, meeting.meeting_id)
    named = sorted(one for one in known if re.fullmatch(SPEAKER_PATTERN, one))
    chairs = dict.fromkeys((meeting.chair_point_id, meeting.chairing_point_id))
    return tuple(dict.fromkeys((*chairs, *named)))[:MAX_ADMITTED]


def forget_ended(session: Session) -> None:
    """Remove what belongs to meetings that are over: nobody joins them any more."""
    over = select(Meeting.meeting_id).where(col(Meeting.state).in_(_FINAL))
    session.exec(delete(LateAdmission).where(col(LateAdmission.meeting_id).in_(over)))


def _let_in(session: Session, meeting_id: str) -> set[str]:
    found = session.exec(select(LateAdmission.who).where(LateAdmission.meeting_id == meeting_id))
    return set(found)
