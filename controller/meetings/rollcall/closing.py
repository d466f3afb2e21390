"""A roll call is closed within a transaction of somebody else's: with the minutes."""

from datetime import datetime

from sqlmodel import Session

from controller.meetings import event_queries
from controller.meetings.rollcall import roll_queries


def close(session: Session, meeting_id: str, *, now: datetime, actor: str) -> None:
    """Let nothing of a roll call be changed from now on; one that is closed stays as it is."""
    call = roll_queries.claimed(session, meeting_id)
    if call.closed_at is not None:
        return
    call.closed_at, call.closed_by = now, actor
    session.add(call)
    event_queries.record(session, meeting_id, "roll_call_closed", now=now, actor=actor)
