"""The ways that points traced, and from which addresses they come. Written by ingest alone."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlmodel import Field

from controller.db.base import SeriesTable
from controller.db.millis import UtcMillis

_KEY = BigInteger().with_variant(Integer, "sqlite")


class WayTrace(SeriesTable, table=True):
    """One trace of the way from a point to the centre; `body` is a WayBody as JSON."""

    __tablename__ = "way_trace"
    __table_args__ = (
        Index("ix_way_trace_point_at", "point_id", "at"),
        Index("ix_way_trace_at", "at"),
        {"sqlite_with_rowid": False},
    )
    outbox_key: int = Field(primary_key=True, sa_type=_KEY)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    point_id: str = Field(max_length=40)
    at: datetime = Field(sa_type=UtcMillis)
    reason: str = Field(max_length=10)
    ending: str = Field(max_length=12)
    body: str = Field(sa_type=Text)


class PublicAddress(SeriesTable, table=True):
    """An address that a point's proved probes came from, from `began_at` to `seen_at` at least.

    `is_now`: the newest of its point. Of each point the newest MAX_ADDRESSES stay.
    """

    __tablename__ = "public_address"
    __table_args__ = (
        Index("ix_public_address_point_began", "point_id", "began_at"),
        Index("ix_public_address_address", "address"),
    )
    address_id: int | None = Field(default=None, primary_key=True, sa_type=_KEY)
    point_id: str = Field(max_length=40)
    address: str = Field(max_length=45)
    began_at: datetime = Field(sa_type=UtcMillis)
    seen_at: datetime = Field(sa_type=UtcMillis)
    is_now: bool
