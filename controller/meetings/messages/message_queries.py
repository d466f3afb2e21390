"""The messages of a meeting: rows that stand until their time is over or they are taken back."""

from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.messages.tables import ScreenMessage
from controller.meetings.tables import Meeting

_FINAL = [phase.value for phase in MeetingPhase if phase.is_final]


def add(session: Session, message: ScreenMessage) -> int:
    """Keep a message; return its id."""
    session.add(message)
    session.flush()
    return message.message_id or 0


def standing(session: Session, meeting_id: str, *, now: datetime) -> list[ScreenMessage]:
    """Return what is on screens now, the newest first."""
    return list(
        session.exec(
            select(ScreenMessage)
            .where(
                ScreenMessage.meeting_id == meeting_id,
                col(ScreenMessage.taken_back_at).is_(None),
                ScreenMessage.ends_at > now,
            )
            .order_by(col(ScreenMessage.message_id).desc())
        )
    )


def shown(
    session: Session, meeting_id: str, *, now: datetime
) -> dict[PointId | None, ScreenMessage]:
    """Return the newest message to each point, and under None the newest to all."""
    found: dict[PointId | None, ScreenMessage] = {}
    for one in standing(session, meeting_id, now=now):
        found.setdefault(PointId(one.point_id) if one.point_id else None, one)
    return found


def newest_for(found: dict[PointId | None, ScreenMessage], point: PointId) -> ScreenMessage | None:
    """Return what a point's screen says: the newer of its own message and that to all.

    Args:
        found: what `shown` gave.
    """
    own = [one for one in (found.get(point), found.get(None)) if one is not None]
    return max(own, key=lambda one: one.message_id or 0, default=None)


def take_back(
    session: Session, meeting_id: str, message_id: int, *, now: datetime
) -> ScreenMessage | None:
    """Take a message from the screens; None: it stands on none any more, or never did."""
    claimed = session.exec(
        update(ScreenMessage)
        .where(
            col(ScreenMessage.message_id) == message_id,
            col(ScreenMessage.meeting_id) == meeting_id,
            col(ScreenMessage.taken_back_at).is_(None),
            col(ScreenMessage.ends_at) > now,
        )
        .values(taken_back_at=now)
    )
    return session.get(ScreenMessage, message_id) if claimed.rowcount == 1 else None


def count(session: Session, meeting_id: str) -> int:
    """Return how many messages a meeting has had."""
    found = select(func.count()).where(ScreenMessage.meeting_id == meeting_id)
    return session.exec(found).one()


def forget_ended(session: Session) -> None:
    """Remove the messages of meetings that are over; its log has what was said."""
    over = select(Meeting.meeting_id).where(col(Meeting.state).in_(_FINAL))
    session.exec(delete(ScreenMessage).where(col(ScreenMessage.meeting_id).in_(over)))
