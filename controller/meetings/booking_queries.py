"""Which meetings have which rooms, as far as they are theirs."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, select

from contracts.ids import MeetingId, PointId
from controller.meetings.booking import Booking
from controller.meetings.holds import hold_queries
from controller.meetings.holds.rules import LAPSED
from controller.meetings.meeting_queries import HOLDING, is_had, is_joined
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting, MeetingParticipant


def bookings(
    session: Session, *, begins: datetime, ends: datetime, joined_only: bool = False
) -> list[Booking]:
    """Return every hold on rooms that touches [begins, ends) by its planned times.

    Args:
        joined_only: those that points join by: not of meetings in person, nor of rooms that
            are held and not agreed yet.
    """
    joined = (is_joined(), is_had()) if joined_only else ()
    touches = and_(col(Meeting.begins_at) < ends, col(Meeting.ends_at) > begins)
    return _bookings(session, and_(col(Meeting.state).in_(HOLDING), touches, *joined))


def holding(session: Session, now: datetime, until: datetime) -> list[Booking]:
    """Return every hold on rooms from now until a time; what is on holds them, overrun or not."""
    planned = bookings(session, begins=now, ends=until)
    known = {one.meeting_id for one in planned}
    is_live = and_(col(Meeting.state) == MeetingPhase.LIVE.value, col(Meeting.ends_at) <= now)
    overrun = _bookings(session, is_live)
    return [
        *planned,
        *(replace(one, ends_at=until) for one in overrun if one.meeting_id not in known),
    ]


def _bookings(session: Session, condition: ColumnElement[bool]) -> list[Booking]:
    found = session.exec(
        select(Meeting, MeetingParticipant.point_id)
        .join(MeetingParticipant, col(MeetingParticipant.meeting_id) == col(Meeting.meeting_id))
        .where(condition, ~hold_queries.is_held_as(LAPSED))
    ).all()
    points: dict[str, set[PointId]] = {}
    meetings: dict[str, Meeting] = {}
    for meeting, point_id in found:
        meetings[meeting.meeting_id] = meeting
        points.setdefault(meeting.meeting_id, set()).add(PointId(point_id))
    return [
        Booking(MeetingId(i), m.title, m.begins_at, m.ends_at, frozenset(points[i]))
        for i, m in meetings.items()
    ]
