"""Series of meetings: kept, and their dates found."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.meetings.holds import hold_queries
from controller.meetings.holds.rules import LAPSED
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting, MeetingParticipant, MeetingSeries

_HOLDING = (MeetingPhase.DRAFT.value, MeetingPhase.SCHEDULED.value, MeetingPhase.LIVE.value)


@dataclass(frozen=True, slots=True)
class Taken:
    """A time at which another meeting holds one of some rooms."""

    begins_at: datetime
    ends_at: datetime
    title: str


def get(session: Session, series_id: str, *, is_claimed: bool = False) -> MeetingSeries | None:
    """Return a series; claimed: nobody else changes it until this transaction ends."""
    return session.get(MeetingSeries, series_id, with_for_update=is_claimed or None)


def dates(session: Session, series_id: str) -> list[Meeting]:
    """Return all meetings of a series by their date of the rule, the oldest first."""
    found = select(Meeting).where(Meeting.series_id == series_id)
    order = (col(Meeting.series_at), col(Meeting.created_at), col(Meeting.meeting_id))
    return list(session.exec(found.order_by(*order)))


def put_at(session: Session, meeting_id: str, begins_at: datetime, ends_at: datetime) -> bool:
    """Put a meeting at another time; False: it has begun, or is over."""
    is_open = col(Meeting.state).in_((MeetingPhase.DRAFT.value, MeetingPhase.SCHEDULED.value))
    changed = session.exec(
        update(Meeting)
        .where(col(Meeting.meeting_id) == meeting_id, is_open)
        .values(begins_at=begins_at, ends_at=ends_at)
    )
    return changed.rowcount == 1


def places(session: Session, series_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return which of how many each meeting of some series is; cancelled ones are not counted."""
    found = session.exec(
        select(Meeting.series_id, Meeting.meeting_id)
        .where(
            col(Meeting.series_id).in_(list(series_ids)),
            Meeting.state != MeetingPhase.CANCELLED.value,
        )
        .order_by(col(Meeting.begins_at), col(Meeting.meeting_id))
    )
    listed: dict[str, list[str]] = {}
    for series_id, meeting_id in found:
        listed.setdefault(series_id or "", []).append(meeting_id)
    return {
        meeting_id: (number, len(meetings))
        for meetings in listed.values()
        for number, meeting_id in enumerate(meetings, start=1)
    }


def taken(
    session: Session,
    point_ids: Collection[PointId],
    *,
    begins: datetime,
    ends: datetime,
    but: Collection[str] = (),
) -> list[Taken]:
    """Return when others hold one of these rooms within [begins, ends), the earliest first."""
    invited = select(MeetingParticipant.meeting_id).where(
        col(MeetingParticipant.point_id).in_(list(point_ids)), ~hold_queries.is_held_as(LAPSED)
    )
    found = session.exec(
        select(Meeting.begins_at, Meeting.ends_at, Meeting.title)
        .where(
            col(Meeting.state).in_(_HOLDING),
            Meeting.begins_at < ends,
            Meeting.ends_at > begins,
            col(Meeting.meeting_id).in_(invited),
            col(Meeting.meeting_id).not_in(list(but)),
        )
        .order_by(col(Meeting.begins_at), col(Meeting.meeting_id))
    )
    return [Taken(*row) for row in found]
