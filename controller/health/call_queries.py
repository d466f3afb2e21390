"""Reading what was kept of a meeting's lines."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from controller.ingest.line_minute import LineMinute
from controller.ingest.tables import CallMinute

_TABLE = CallMinute.metadata.tables[str(CallMinute.__tablename__)]


def minutes_of(session: Session, meeting_id: str) -> dict[str, dict[datetime, LineMinute]]:
    """Return a meeting's minutes by point, oldest first."""
    query = select(*list(_TABLE.columns)[1:]).where(_TABLE.c.meeting_id == meeting_id)
    ordered = query.order_by(_TABLE.c.point_id, _TABLE.c.begins_at)
    found: dict[str, dict[datetime, LineMinute]] = {}
    for point_id, begins_at, *figures in session.connection().execute(ordered):
        found.setdefault(point_id, {})[begins_at] = LineMinute(*figures)
    return found
