"""The table of what points said of their rehearsals. Written by ingest alone."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlmodel import Field

from controller.db.base import SeriesTable
from controller.db.millis import UtcMillis

_CLUSTERED = {"sqlite_with_rowid": False}
_KEY = BigInteger().with_variant(Integer, "sqlite")


class RehearsalSaid(SeriesTable, table=True):
    """What came of one rehearsal, as its point said it; `body`: a RehearsalBody as JSON."""

    __tablename__ = "rehearsal"
    __table_args__ = (
        Index("ix_rehearsal_point_at", "point_id", "at"),
        Index("ix_rehearsal_rehearsal_id", "rehearsal_id"),
        _CLUSTERED,
    )
    outbox_key: int = Field(primary_key=True, sa_type=_KEY)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    point_id: str = Field(max_length=40)
    at: datetime = Field(sa_type=UtcMillis)
    rehearsal_id: str = Field(max_length=16)
    body: str = Field(sa_type=Text)
