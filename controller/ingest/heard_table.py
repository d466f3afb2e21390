"""What points said that they heard of meetings. Written by ingest alone."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from controller.db.base import SeriesTable
from controller.db.millis import UtcMillis


class HeardMinutesRow(SeriesTable, table=True):
    """One point in one meeting; `minutes` as heard_minutes.py writes them.

    `changed_at`: when something came in of it last.
    """

    __tablename__ = "heard_sound"
    __table_args__ = (
        Index("ix_heard_sound_changed_at", "changed_at"),
        Index("ix_heard_sound_point_changed", "point_id", "changed_at"),
    )
    meeting_id: str = Field(primary_key=True, max_length=40)
    point_id: str = Field(primary_key=True, max_length=40)
    begins_at: datetime = Field(sa_type=UtcMillis)
    minutes: str = Field(sa_type=Text)
    changed_at: datetime = Field(sa_type=UtcMillis)
