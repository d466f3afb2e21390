"""Files of meetings: read without their content, and removed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from controller.meetings.handouts.tables import MeetingHandout
from controller.meetings.tables import Meeting


@dataclass(frozen=True, slots=True)
class HandoutFacts:
    """What is said of a file without reading it."""

    handout_id: int
    file_name: str
    sha256: str
    size_bytes: int
    brought_at: datetime
    brought_by: str


def of_meeting(session: Session, meeting_id: str) -> list[HandoutFacts]:
    """Return what is said of a meeting's files, in the order in which they were brought."""
    row = MeetingHandout
    query = (
        columns(
            col(row.handout_id),
            col(row.file_name),
            col(row.sha256),
            col(row.size_bytes),
            col(row.brought_at),
            col(row.brought_by),
        )
        .where(col(row.meeting_id) == meeting_id)
        .order_by(col(row.handout_id))
    )
    return [
        HandoutFacts(number or 0, name, digest, size, at, who)
        for number, name, digest, size, at, who in session.connection().execute(query)
    ]


def one(session: Session, meeting_id: str, handout_id: int) -> MeetingHandout | None:
    """Return one of a meeting's files with its content."""
    found = session.get(MeetingHandout, handout_id)
    return found if found is not None and found.meeting_id == meeting_id else None


def remove(session: Session, meeting_id: str, handout_id: int) -> bool:
    """Remove one of a meeting's files; False: somebody did before."""
    row = MeetingHandout
    gone = session.exec(
        delete(row).where(col(row.handout_id) == handout_id, col(row.meeting_id) == meeting_id)
    )
    return gone.rowcount == 1


def forget(session: Session, limit: datetime, *, count: int) -> int:
    """Remove files of meetings that were over before an instant; return how many."""
    old = list(
        session.exec(
            select(MeetingHandout.handout_id)
            .join(Meeting, col(Meeting.meeting_id) == col(MeetingHandout.meeting_id))
            .where(Meeting.ends_at < limit)
            .limit(count)
        )
    )
    session.exec(delete(MeetingHandout).where(col(MeetingHandout.handout_id).in_(old)))
    return len(old)
