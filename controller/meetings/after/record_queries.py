"""What is kept of meetings that are over: read, written, and which of them are due."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, update
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from contracts import codec
from contracts.participants import ParticipantKind, speaker_id
from controller.meetings.after.kept import Changed, KeptRecord
from controller.meetings.after.rules import CORRECTED
from controller.meetings.after.tables import MeetingRecord, MeetingRecordChange
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.rollcall.rules import COMING, GOING
from controller.meetings.speech_times import GIVEN, TAKEN
from controller.meetings.tables import Meeting, MeetingEvent

_TOLD_BY = (*COMING, *GOING, GIVEN, TAKEN)
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Ended:
    """A meeting that has ended, and up to where what is kept of it goes."""

    meeting_id: str
    ended_at: datetime
    made_at: datetime | None
    kept_event: int


def ended(
    session: Session, *, since: datetime, kept_since: datetime, most: int = MOST_AT_ONCE
) -> list[Ended]:
    """Return the meetings that ended since an instant, and those of which nothing true is kept.

    Args:
        kept_since: of what was over before, `forget` leaves nothing, so that nothing is due.
    """
    query = (
        columns(
            col(Meeting.meeting_id),
            func.coalesce(col(Meeting.ended_at), col(Meeting.ends_at)),
            col(MeetingRecord.made_at),
            col(MeetingRecord.newest_event),
        )
        .join(
            MeetingRecord,
            col(MeetingRecord.meeting_id) == col(Meeting.meeting_id),
            isouter=True,
        )
        .where(
            col(Meeting.state) == MeetingPhase.ENDED.value,
            col(Meeting.ends_at) >= kept_since,
            or_(
                col(MeetingRecord.meeting_id).is_(None),
                col(MeetingRecord.newest_event) == CORRECTED,
                col(Meeting.ended_at) >= since,
            ),
        )
        .order_by(col(Meeting.ended_at).desc())
        .limit(most)
    )
    return [
        Ended(meeting_id, ended_at, made_at, kept_event or 0)
        for meeting_id, ended_at, made_at, kept_event in session.connection().execute(query)
    ]


def newest_events(session: Session, meeting_ids: Collection[str]) -> dict[str, int]:
    """Return the newest line of each meeting's log that matters here."""
    query = (
        columns(col(MeetingEvent.meeting_id), func.max(MeetingEvent.event_id))
        .where(
            col(MeetingEvent.meeting_id).in_(list(meeting_ids)),
            col(MeetingEvent.kind).in_(_TOLD_BY),
        )
        .group_by(col(MeetingEvent.meeting_id))
    )
    found = session.connection().execute(query)
    return {meeting_id: newest or 0 for meeting_id, newest in found}


def took_part(session: Session, meeting_id: str) -> list[str]:
    """Return who was in as a person that may speak, as the floor names them."""
    query = (
        columns(col(MeetingEvent.subject))
        .where(
            col(MeetingEvent.meeting_id) == meeting_id,
            col(MeetingEvent.kind) == "joined",
            col(MeetingEvent.direction) == "publish",
            col(MeetingEvent.point_id).is_(None),
        )
        .distinct()
        .order_by(col(MeetingEvent.subject))
        .limit(MOST_AT_ONCE)
    )
    found = session.connection().execute(query)
    return [speaker_id(subject, ParticipantKind.PERSON) for (subject,) in found]


def row_of(session: Session, meeting_id: str) -> MeetingRecord | None:
    """Return the row of a meeting; None: nothing is kept yet, or it was corrected since."""
    row = any_row(session, meeting_id)
    return row if row is not None and row.newest_event != CORRECTED else None


def any_row(session: Session, meeting_id: str) -> MeetingRecord | None:
    """Return the row of a meeting, true or not; None: there is none."""
    return session.get(MeetingRecord, meeting_id, populate_existing=True)


def note_corrected(session: Session, meeting_id: str) -> None:
    """Have what is kept of a meeting made anew, whatever its age; until then nobody is shown it."""
    session.exec(
        update(MeetingRecord)
        .where(col(MeetingRecord.meeting_id) == meeting_id)
        .values(newest_event=CORRECTED)
    )


def content_of(row: MeetingRecord) -> KeptRecord:
    """Return what a row keeps."""
    return codec.decode(KeptRecord, row.content_json.encode())


def get(session: Session, meeting_id: str) -> KeptRecord | None:
    """Return what is kept of a meeting; None: nothing yet, or it was corrected since."""
    row = row_of(session, meeting_id)
    return content_of(row) if row else None


def changes(session: Session, meeting_id: str, *, most: int) -> list[MeetingRecordChange]:
    """Return what became different since it was first made, the newest first."""
    query = (
        select(MeetingRecordChange)
        .where(MeetingRecordChange.meeting_id == meeting_id)
        .order_by(col(MeetingRecordChange.version).desc(), col(MeetingRecordChange.number))
        .limit(most)
    )
    return list(session.exec(query))


def add_changes(
    session: Session, row: MeetingRecord, found: Iterable[tuple[Changed, str]], *, now: datetime
) -> None:
    """Add what became different with a version."""
    session.add_all(
        MeetingRecordChange(
            meeting_id=row.meeting_id,
            version=row.version,
            number=number,
            what=what.value,
            subject=subject,
            changed_at=now,
        )
        for number, (what, subject) in enumerate(found)
    )


def forget(session: Session, limit: datetime, *, count: int) -> int:
    """Remove what is kept of meetings that were over before an instant; return how many rows."""
    old = list(
        session.exec(
            select(MeetingRecord.meeting_id)
            .join(Meeting, col(Meeting.meeting_id) == col(MeetingRecord.meeting_id))
            .where(Meeting.ends_at < limit)
            .limit(count)
        )
    )
    _remove(session, old)
    return len(old)


def _remove(session: Session, meeting_ids: Sequence[str]) -> None:
    for table in (MeetingRecordChange, MeetingRecord):
        session.exec(delete(table).where(col(table.meeting_id).in_(list(meeting_ids))))
