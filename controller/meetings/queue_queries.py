"""Who has asked for the floor of a meeting: rows that a grant ends and its undoing brings back."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting, SpeechRequest

_FINAL = [phase.value for phase in MeetingPhase if phase.is_final]


def ask(session: Session, meeting_id: str, who: str, *, now: datetime) -> datetime | None:
    """Let somebody wait from a time on; None: they wait already.

    Two who do so at once do it once.
    """
    is_postgres = session.get_bind().dialect.name == "postgresql"
    insert = (postgresql if is_postgres else sqlite).insert(SpeechRequest)
    row = {"meeting_id": meeting_id, "who": who, "asked_at": now, "granted_epoch": None}
    put = insert.values(row).on_conflict_do_update(
        index_elements=["meeting_id", "who"],
        set_={"asked_at": now, "granted_epoch": None},
        where=col(SpeechRequest.granted_epoch).is_not(None),
    )
    return session.execute(put.returning(col(SpeechRequest.asked_at))).scalar()


def take_back(session: Session, meeting_id: str, who: str) -> datetime | None:
    """Take somebody out of the queue; return since when they waited. None: they did not."""
    gone = session.execute(
        delete(SpeechRequest)
        .where(
            col(SpeechRequest.meeting_id) == meeting_id,
            col(SpeechRequest.who) == who,
            col(SpeechRequest.granted_epoch).is_(None),
        )
        .returning(col(SpeechRequest.asked_at))
    )
    return gone.scalar()


def granted(session: Session, meeting_id: str, given: Iterable[str], *, floor_epoch: int) -> None:
    """End the waiting of those who were given the floor by a move."""
    session.exec(
        update(SpeechRequest)
        .where(
            col(SpeechRequest.meeting_id) == meeting_id,
            col(SpeechRequest.who).in_(list(given)),
            col(SpeechRequest.granted_epoch).is_(None),
        )
        .values(granted_epoch=floor_epoch)
    )


def undone(session: Session, meeting_id: str, *, floor_epoch: int) -> None:
    """Let those wait again, at their old places, whose grant was taken back."""
    session.exec(
        update(SpeechRequest)
        .where(
            col(SpeechRequest.meeting_id) == meeting_id,
            col(SpeechRequest.granted_epoch) == floor_epoch,
        )
        .values(granted_epoch=None)
    )


def waiting(session: Session, meeting_id: str) -> dict[str, datetime]:
    """Return since when who waits, the first of them first."""
    found = session.exec(
        select(SpeechRequest.who, SpeechRequest.asked_at)
        .where(
            SpeechRequest.meeting_id == meeting_id,
            col(SpeechRequest.granted_epoch).is_(None),
        )
        .order_by(col(SpeechRequest.asked_at), col(SpeechRequest.who))
    )
    return dict(iter(found))


def count(session: Session, meeting_id: str) -> int:
    """Return how many a meeting's queue has, with those who have been given the floor."""
    found = select(func.count()).where(SpeechRequest.meeting_id == meeting_id)
    return session.exec(found).one()


def forget_ended(session: Session) -> None:
    """Remove the queues of meetings that are over."""
    over = select(Meeting.meeting_id).where(col(Meeting.state).in_(_FINAL))
    session.exec(delete(SpeechRequest).where(col(SpeechRequest.meeting_id).in_(over)))
