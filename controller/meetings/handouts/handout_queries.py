"""Files of meetings: read without their content, and removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, text
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from controller.meetings.handouts.tables import MeetingHandout, RemovedHandout
from controller.meetings.tables import Meeting

_BRINGING = 0x66696C65
"""Of the advisory lock: whoever brings a file waits for whoever does at this moment."""


@dataclass(frozen=True, slots=True)
class HandoutFacts:
    """What is said of a file without reading it."""

    handout_id: int
    file_name: str
    sha256: str
    size_bytes: int
    brought_at: datetime
    brought_by: str


@dataclass(frozen=True, slots=True)
class RemovedFacts:
    """A file that was deleted and may be had back."""

    handout_id: int
    file_name: str
    removed_at: datetime
    removed_by: str


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
        .where(col(row.meeting_id) == meeting_id, ~_is_removed())
        .order_by(col(row.handout_id))
    )
    return [
        HandoutFacts(number or 0, name, digest, size, at, who)
        for number, name, digest, size, at, who in session.connection().execute(query)
    ]


def one(session: Session, meeting_id: str, handout_id: int) -> MeetingHandout | None:
    """Return one of a meeting's files with its content; none that was deleted."""
    row = MeetingHandout
    found = select(row).where(
        col(row.handout_id) == handout_id, col(row.meeting_id) == meeting_id, ~_is_removed()
    )
    return session.exec(found).one_or_none()


def removed(session: Session, meeting_id: str) -> list[RemovedFacts]:
    """Return a meeting's files that may be had back, the last deleted first."""
    row, gone = MeetingHandout, RemovedHandout
    query = (
        columns(col(row.handout_id), col(row.file_name), col(gone.removed_at), col(gone.removed_by))
        .join(gone, col(gone.handout_id) == col(row.handout_id))
        .where(col(row.meeting_id) == meeting_id)
        .order_by(col(gone.removed_at).desc(), col(row.handout_id))
    )
    return [
        RemovedFacts(number or 0, name, at, who)
        for number, name, at, who in session.connection().execute(query)
    ]


def digest_of(session: Session, handout_id: int) -> str | None:
    """Return by what a file's content is known; None: it has gone."""
    query = columns(col(MeetingHandout.sha256)).where(col(MeetingHandout.handout_id) == handout_id)
    return session.connection().execute(query).scalar_one_or_none()


def kept_bytes(session: Session) -> int:
    """Return how much is kept of the files of all meetings, with those that were deleted."""
    query = columns(func.coalesce(func.sum(MeetingHandout.size_bytes), 0))
    return int(session.connection().execute(query).scalar_one())


def claim_space(session: Session) -> None:
    """Let nobody else bring a file to any meeting until this transaction ends.

    SQLite has one writer at a time anyhow.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _BRINGING})


def drop_oldest_removed(session: Session) -> bool:
    """Remove the content of the file that was deleted first; False: there is none."""
    oldest = select(RemovedHandout.handout_id).order_by(
        col(RemovedHandout.removed_at), col(RemovedHandout.handout_id)
    )
    found = list(session.exec(oldest.limit(1)))
    _drop_removed(session, found)
    return bool(found)


def forget_removed(session: Session, limit: datetime, *, count: int) -> int:
    """Remove files that were deleted before an instant; return how many."""
    old = select(RemovedHandout.handout_id).where(RemovedHandout.removed_at < limit)
    return _drop_removed(session, list(session.exec(old.limit(count))))


def take_back(session: Session, handout_id: int) -> bool:
    """Have a file be deleted no more; False: it is gone, or somebody had it back before."""
    gone = delete(RemovedHandout).where(col(RemovedHandout.handout_id) == handout_id)
    return session.exec(gone).rowcount == 1


def _drop_removed(session: Session, ids: Sequence[int]) -> int:
    """Remove those that are deleted still: one that was had back meanwhile stays."""
    gone = delete(RemovedHandout).where(col(RemovedHandout.handout_id).in_(ids))
    left = list(session.exec(gone.returning(col(RemovedHandout.handout_id))).scalars())
    session.exec(delete(MeetingHandout).where(col(MeetingHandout.handout_id).in_(left)))
    return len(left)


def _is_removed() -> ColumnElement[bool]:
    return exists().where(col(RemovedHandout.handout_id) == col(MeetingHandout.handout_id))


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
    session.exec(delete(RemovedHandout).where(col(RemovedHandout.handout_id).in_(old)))
    session.exec(delete(MeetingHandout).where(col(MeetingHandout.handout_id).in_(old)))
    return len(old)
