"""The table of throughput tests, as points reported them. Written by ingest alone."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer
from sqlmodel import Field

from controller.db.base import SeriesTable
from controller.db.millis import UtcMillis

_CLUSTERED = {"sqlite_with_rowid": False}
_KEY = BigInteger().with_variant(Integer, "sqlite")


class Throughput(SeriesTable, table=True):
    """What came of one throughput test; the first report of each test counts."""

    __table_args__ = (Index("ix_throughput_point_at", "point_id", "at"), _CLUSTERED)
    outbox_key: int = Field(primary_key=True, sa_type=_KEY)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    point_id: str = Field(max_length=40)
    at: datetime = Field(sa_type=UtcMillis)
    test_id: str = Field(max_length=16)
    outcome: str = Field(max_length=8)
    reason: str = Field(default="", max_length=12)
    problem: str = Field(default="", max_length=400)
    idle_rtt_ms: float | None = None
    up_bps: int | None = Field(default=None, sa_type=BigInteger)
    up_at_least: bool = Field(default=False)
    up_bytes: int = Field(default=0, sa_type=BigInteger)
    up_rtt_ms: float | None = None
    down_bps: int | None = Field(default=None, sa_type=BigInteger)
    down_at_least: bool = Field(default=False)
    down_bytes: int = Field(default=0, sa_type=BigInteger)
    down_rtt_ms: float | None = None
