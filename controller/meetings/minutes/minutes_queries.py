"""The minutes of meetings: read, claimed and written."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from controller.meetings.minutes.tables import MeetingMinutes, MinutesEdit, MinutesFile
from controller.meetings.tables import Meeting

ISSUED, SIGNED = "issued", "signed"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is said of a file without reading it."""

    file_id: int
    kind: str
    file_name: str
    sha256: str
    size_bytes: int
    of_file_id: int | None
    verdict: str
    has_signature: bool
    differs_at: int | None
    taken_at: datetime
    taken_by: str


def get(session: Session, meeting_id: str) -> MeetingMinutes:
    """Return the minutes of a meeting; where nobody has begun them, empty ones."""
    return session.get(MeetingMinutes, meeting_id) or MeetingMinutes(
        meeting_id=meeting_id,
        version=0,
        number="",
        content="",
        conclusions="",
        edited_by="",
        locked_by="",
        unlocked_by="",
        reason="",
    )


def claimed(session: Session, meeting_id: str) -> MeetingMinutes:
    """Return a meeting's minutes, which nobody else changes until this transaction ends."""
    session.get(Meeting, meeting_id, with_for_update=True, populate_existing=True)
    found = session.get(MeetingMinutes, meeting_id, populate_existing=True)
    if found is None:
        found = get(session, meeting_id)
        session.add(found)
        session.flush()
    return found


def locked(session: Session, meeting_ids: Collection[str]) -> set[str]:
    """Return of which meetings the minutes are locked."""
    query = columns(col(MeetingMinutes.meeting_id)).where(
        col(MeetingMinutes.meeting_id).in_(list(meeting_ids)),
        col(MeetingMinutes.locked_at).is_not(None),
    )
    return {meeting_id for (meeting_id,) in session.connection().execute(query)}


def edits(session: Session, meeting_id: str, *, most: int) -> list[MinutesEdit]:
    """Return how the minutes were left, the newest first."""
    query = (
        select(MinutesEdit)
        .where(MinutesEdit.meeting_id == meeting_id)
        .order_by(col(MinutesEdit.version).desc())
        .limit(most)
    )
    return list(session.exec(query))


def edit(session: Session, meeting_id: str, version: int) -> MinutesEdit | None:
    """Return the minutes as they were left once."""
    return session.get(MinutesEdit, (meeting_id, version))


def forget_edits(session: Session, meeting_id: str, *, keep: int) -> None:
    """Remove the oldest of a meeting's edits, but so many."""
    query = (
        select(MinutesEdit.version)
        .where(MinutesEdit.meeting_id == meeting_id)
        .order_by(col(MinutesEdit.version).desc())
        .offset(keep)
        .limit(1)
    )
    last = session.exec(query).first()
    if last is not None:
        session.exec(
            delete(MinutesEdit).where(
                col(MinutesEdit.meeting_id) == meeting_id, col(MinutesEdit.version) <= last
            )
        )


def files(session: Session, meeting_id: str) -> list[FileFacts]:
    """Return what is said of a meeting's files, the newest first."""
    row = MinutesFile
    query = (
        columns(
            col(row.file_id),
            col(row.kind),
            col(row.file_name),
            col(row.sha256),
            col(row.size_bytes),
            col(row.of_file_id),
            col(row.verdict),
            col(row.has_signature),
            col(row.differs_at),
            col(row.taken_at),
            col(row.taken_by),
        )
        .where(col(row.meeting_id) == meeting_id)
        .order_by(col(row.file_id).desc())
    )
    return [
        FileFacts(file_id or 0, *rest) for file_id, *rest in session.connection().execute(query)
    ]


def file_count(session: Session, meeting_id: str, kind: str) -> int:
    """Return how many files of a kind a meeting has."""
    counted = select(func.count()).where(
        MinutesFile.meeting_id == meeting_id, MinutesFile.kind == kind
    )
    return session.exec(counted).one()


def newest_issued(session: Session, meeting_id: str) -> MinutesFile | None:
    """Return what was handed out last."""
    query = (
        select(MinutesFile)
        .where(MinutesFile.meeting_id == meeting_id, MinutesFile.kind == ISSUED)
        .order_by(col(MinutesFile.file_id).desc())
        .limit(1)
    )
    return session.exec(query).first()


def file(session: Session, meeting_id: str, file_id: int) -> MinutesFile | None:
    """Return one of a meeting's files with its content."""
    found = session.get(MinutesFile, file_id)
    return found if found is not None and found.meeting_id == meeting_id else None


def forget(session: Session, limit: datetime, *, count: int) -> int:
    """Remove minutes of meetings that were over before an instant; return of how many."""
    old = list(
        session.exec(
            select(MeetingMinutes.meeting_id)
            .join(Meeting, col(Meeting.meeting_id) == col(MeetingMinutes.meeting_id))
            .where(Meeting.ends_at < limit)
            .limit(count)
        )
    )
    for table in (MinutesFile, MinutesEdit, MeetingMinutes):
        session.exec(delete(table).where(col(table.meeting_id).in_(old)))
    return len(old)
