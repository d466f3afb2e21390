"""Reading what points said that they heard of meetings."""

from datetime import datetime

import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session, col

from controller.ingest.heard_minutes import KeptMinutes, heard_of
from controller.ingest.heard_table import HeardMinutesRow
from monitoring.judgement.uninterrupted import MinuteHeard
from runtime.guard import guarded


def of_meeting(session: Session, meeting_id: str) -> dict[str, dict[datetime, MinuteHeard]]:
    """Return what each point said of a meeting's minutes; what cannot be read is left out."""
    row = HeardMinutesRow
    query = sqlalchemy.select(col(row.point_id), col(row.begins_at), col(row.minutes)).where(
        col(row.meeting_id) == meeting_id
    )
    found: dict[str, dict[datetime, MinuteHeard]] = {}
    for point_id, begins_at, minutes in session.connection().execute(query):
        with guarded("heard_sound", point_id=point_id):
            found[point_id] = heard_of(KeptMinutes(begins_at, minutes))
    return found


def changed_since(session: Session, since: datetime) -> dict[str, datetime]:
    """Return of which meetings something came in after a time, and when last."""
    row = HeardMinutesRow
    query = (
        sqlalchemy.select(col(row.meeting_id), func.max(row.changed_at))
        .where(col(row.changed_at) > since)
        .group_by(col(row.meeting_id))
    )
    return {meeting_id: at for meeting_id, at in session.connection().execute(query)}
