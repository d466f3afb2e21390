"""A meeting's roll as it stands: who is invited in protocol order, each with what was said."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session

from contracts.participants import ParticipantKind, speaker_id
from controller.meetings import meeting_queries
from controller.meetings.guests import guest_queries
from controller.meetings.rollcall import roll_queries
from controller.meetings.rollcall.rules import RollRow, RollTimes, proposal, stay
from controller.meetings.tables import Meeting


def rows_of(
    session: Session,
    meeting: Meeting,
    *,
    grace: timedelta,
    now: datetime,
    only: Collection[str] | None = None,
) -> list[RollRow]:
    """Return everybody invited: the points in protocol order, then guests by a link.

    Args:
        only: whose rows are wanted; None: all.
    """
    moved = roll_queries.movements(session, meeting.meeting_id, only)
    said = roll_queries.marks(session, meeting.meeting_id, only)
    times = RollTimes(
        begins_at=meeting.begins_at,
        grace=grace,
        until=min(now, meeting.ended_at or now),
        is_heard=bool(moved) or roll_queries.is_heard(session, meeting.meeting_id),
    )
    rows = []
    for subject in subjects_of(session, meeting.meeting_id):
        if only is not None and subject not in only:
            continue
        seen = stay(moved.get(subject, ()), times)
        mark, before = said.get(subject, (None, None))
        rows.append(RollRow(subject, seen, proposal(seen, times), mark, before))
    return rows


def subjects_of(session: Session, meeting_id: str) -> list[str]:
    """Return who is invited, as the floor names them; once the roll is closed, who was then.

    A guest whose link was withdrawn is not, nor a point whose room nobody has agreed to.
    """
    closed_at = roll_queries.get(session, meeting_id).closed_at
    guests = [
        speaker_id(one.guest_id, ParticipantKind.PERSON)
        for one in guest_queries.of_meeting(session, meeting_id)
        if _is_invited(one.made_at, one.withdrawn_at, closed_at)
    ]
    return [*meeting_queries.joining(session, meeting_id), *guests]


def _is_invited(
    made_at: datetime, withdrawn_at: datetime | None, closed_at: datetime | None
) -> bool:
    if closed_at is None:
        return withdrawn_at is None
    return made_at <= closed_at and (withdrawn_at is None or withdrawn_at > closed_at)
