"""The minutes of meetings: read, claimed and written."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from controller.meetings.minutes.kept_files import KeptFile, leaving
from controller.meetings.minutes.signed_file import PrefixVerdict
from controller.meetings.minutes.tables import MeetingMinutes, MinutesEdit, MinutesFile
from controller.meetings.tables import Meeting

ISSUED, SIGNED = "issued", "signed"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is said of a file without reading it; `has_content`: it has not left."""

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
    has_content: bool


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
            func.length(col(row.content)) > 0,
        )
        .where(col(row.meeting_id) == meeting_id)
        .order_by(col(row.file_id).desc())
    )
    return [
        FileFacts(file_id or 0, *rest) for file_id, *rest in session.connection().execute(query)
    ]


def tidy(session: Session, meeting_id: str, kind: str, *, most: int) -> tuple[str, ...]:
    """Let those of a kind leave that are too many; return the SHA-256 of what left."""
    known = files(session, meeting_id)
    compared_with = {one.of_file_id for one in known if one.kind == SIGNED and one.has_content}
    own = [one for one in reversed(known) if one.kind == kind]
    out = leaving(
        [
            KeptFile(
                one.file_id,
                one.has_content,
                is_needed=one.file_id in compared_with
                if kind == ISSUED
                else one.has_signature and one.verdict == PrefixVerdict.FOLLOWS.value,
            )
            for one in own
        ],
        most=most,
    )
    row = MinutesFile
    session.exec(update(row).where(col(row.file_id).in_(out.contents)).values(content=b""))
    session.exec(delete(row).where(col(row.file_id).in_(out.rows)))
    gone = {*out.contents, *out.rows}
    return tuple(one.sha256 for one in own if one.has_content and one.file_id in gone)


def signed_before(session: Session, meeting_id: str, sha256: str) -> MinutesFile | None:
    """Return a signed file of a meeting that is the same."""
    row = MinutesFile
    query = select(row).where(
        row.meeting_id == meeting_id, row.kind == SIGNED, row.sha256 == sha256
    )
    return session.exec(query.order_by(col(row.file_id).desc()).limit(1)).first()


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
