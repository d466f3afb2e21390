"""Agendas of meetings as rows."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from controller.meetings.agenda import AgendaItem
from controller.meetings.tables import MeetingAgendaItem


def of_meeting(session: Session, meeting_id: str) -> tuple[AgendaItem, ...]:
    """Return a meeting's items in order."""
    query = select(MeetingAgendaItem).where(MeetingAgendaItem.meeting_id == meeting_id)
    found = session.exec(query.order_by(col(MeetingAgendaItem.position)))
    return tuple(
        AgendaItem(one.title, one.minutes, one.speaker, one.point_id, one.began_at) for one in found
    )


def speaking_points(session: Session, meeting_id: str) -> set[str]:
    """Return the invited points that a meeting's items name as speakers."""
    query = select(MeetingAgendaItem.point_id).where(MeetingAgendaItem.meeting_id == meeting_id)
    return {point_id for point_id in session.exec(query) if point_id}


def put(session: Session, meeting_id: str, items: Sequence[AgendaItem]) -> None:
    """Replace a meeting's items; none of them has begun."""
    session.exec(delete(MeetingAgendaItem).where(col(MeetingAgendaItem.meeting_id) == meeting_id))
    rows = [
        {
            "meeting_id": meeting_id,
            "position": position,
            "title": one.title,
            "minutes": one.minutes,
            "speaker": one.speaker,
            "point_id": one.point_id,
        }
        for position, one in enumerate(items)
    ]
    if rows:
        session.connection().execute(insert(MeetingAgendaItem), rows)


def come_to(session: Session, meeting_id: str, position: int, began_at: datetime | None) -> None:
    """Note since when a meeting is at an item; those after it have not begun.

    Args:
        began_at: None: of the first, with the meeting itself.
    """
    of_meeting_ = col(MeetingAgendaItem.meeting_id) == meeting_id
    at = col(MeetingAgendaItem.position)
    session.exec(update(MeetingAgendaItem).where(of_meeting_, at > position).values(began_at=None))
    session.exec(
        update(MeetingAgendaItem).where(of_meeting_, at == position).values(began_at=began_at)
    )
