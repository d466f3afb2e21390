"""Who has been let into a meeting by tokens, whose tokens have ended, and who was put out."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from contracts.desired import Barred
from contracts.floor import MAX_POINTS
from contracts.ids import MeetingId
from contracts.participants import ParticipantKind
from controller.meetings.access_tables import Expulsion, MediaGrant
from controller.meetings.guests import guest_queries
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting

_FINAL = [phase.value for phase in MeetingPhase if phase.is_final]


def note_grant(
    session: Session, meeting_id: str, user_name: str, *, lets_in_until: datetime
) -> None:
    """Note that a person was given a token of a meeting."""
    grant = session.get(MediaGrant, (meeting_id, user_name))
    if grant is None:
        grant = MediaGrant(meeting_id=meeting_id, user_name=user_name, lets_in_until=lets_in_until)
    grant.lets_in_until = lets_in_until
    session.add(grant)


def end_grants(session: Session, user_name: str) -> None:
    """End every token a person was given so far, and what was opened by them."""
    session.execute(
        update(MediaGrant)
        .where(col(MediaGrant.user_name) == user_name)
        .values(ended_until=MediaGrant.lets_in_until)
    )


def forget_ended(session: Session) -> None:
    """Remove what belongs to meetings that are over: nobody joins them any more."""
    over = select(Meeting.meeting_id).where(col(Meeting.state).in_(_FINAL))
    for table in (MediaGrant, Expulsion):
        session.execute(delete(table).where(col(table.meeting_id).in_(over)))


def put_out(
    session: Session,
    meeting_id: str,
    subject: str,
    kind: ParticipantKind,
    *,
    actor: str,
    now: datetime,
) -> bool:
    """Keep somebody out of a meeting; False: they were kept out already."""
    if is_put_out(session, meeting_id, subject, kind):
        return False
    session.add(
        Expulsion(
            meeting_id=meeting_id,
            subject=subject,
            participant_kind=kind.value,
            actor=actor,
            happened_at=now,
        )
    )
    return True


def let_back(session: Session, meeting_id: str, subject: str, kind: ParticipantKind) -> bool:
    """Undo that somebody was put out; False: they were not."""
    found = session.get(Expulsion, (meeting_id, subject, kind.value))
    if found is not None:
        session.delete(found)
    return found is not None


def expelled(session: Session, meeting_id: str) -> list[Expulsion]:
    """Return who was put out of a meeting, the first of them first."""
    return list(
        session.exec(
            select(Expulsion)
            .where(Expulsion.meeting_id == meeting_id)
            .order_by(col(Expulsion.happened_at))
        )
    )


def is_put_out(session: Session, meeting_id: str, subject: str, kind: ParticipantKind) -> bool:
    """Return whether somebody is kept out of a meeting."""
    return session.get(Expulsion, (meeting_id, subject, kind.value)) is not None


def barred(session: Session, meeting_id: MeetingId) -> tuple[Barred, ...]:
    """Return whom a relay shall keep out of a meeting."""
    ended = session.exec(
        select(MediaGrant)
        .where(MediaGrant.meeting_id == meeting_id, col(MediaGrant.ended_until).is_not(None))
        .order_by(col(MediaGrant.ended_until).desc(), col(MediaGrant.user_name))
    )
    people = [Barred(subject=one.user_name, until=one.ended_until) for one in ended]
    out = [
        Barred(subject=one.subject, participant_kind=ParticipantKind(one.participant_kind))
        for one in expelled(session, meeting_id)
    ]
    return (*guest_queries.barred(session, meeting_id), *(out + people)[:MAX_POINTS])
