"""Reading what was kept of a meeting's lines."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from controller.ingest.call_tables import TABLE
from controller.ingest.line_minute import LineMinute


def minutes_of(session: Session, meeting_id: str) -> dict[str, dict[datetime, LineMinute]]:
    """Return a meeting's minutes by participant, oldest first."""
    query = select(*list(TABLE.columns)[1:]).where(TABLE.c.meeting_id == meeting_id)
    ordered = query.order_by(TABLE.c.subject, TABLE.c.begins_at)
    found: dict[str, dict[datetime, LineMinute]] = {}
    for subject, begins_at, *figures in session.connection().execute(ordered):
        found.setdefault(subject, {})[begins_at] = LineMinute(*figures)
    return found
