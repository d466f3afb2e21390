"""The table of power supplies that ask for another battery. Written by ingest alone."""

from datetime import datetime

from sqlmodel import Field

from controller.db.base import SeriesTable
from controller.db.millis import UtcMillis


class BatteryAsked(SeriesTable, table=True):
    """A power supply that asks for another battery; the row goes when it no longer does."""

    __tablename__ = "battery_asked"
    point_id: str = Field(primary_key=True, max_length=40)
    device_id: str = Field(primary_key=True, max_length=20)
    since: datetime = Field(sa_type=UtcMillis)
