"""Why points were out, as it was judged, and what their sessions said. Written by ingest alone."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlmodel import Field

from controller.db.base import SeriesTable
from controller.db.millis import UtcMillis

_KEY = BigInteger().with_variant(Integer, "sqlite")


class SessionWord(SeriesTable, table=True):
    """A birth, a goodbye or a last will of a point, when it came; `kind` is a WordKind."""

    __tablename__ = "session_word"
    __table_args__ = (
        Index("ix_session_word_point_at", "point_id", "at"),
        Index("ix_session_word_at", "at"),
    )
    word_id: int | None = Field(default=None, primary_key=True, sa_type=_KEY)
    point_id: str = Field(max_length=40)
    at: datetime = Field(sa_type=UtcMillis)
    kind: str = Field(max_length=10)
    run_id: str = Field(default="", max_length=32)


class OutageVerdict(SeriesTable, table=True):
    """What was said of one outage from `judged_at` on; the newest of an outage counts.

    `outage_began_at` names the outage, `evidence` are its facts as JSON, `own_began_at` is when it
    began by the point's own record, `noticed_at` when the centre noticed.
    """

    __tablename__ = "outage_verdict"
    __table_args__ = (
        Index("ix_outage_verdict_point_began", "point_id", "outage_began_at"),
        Index("ix_outage_verdict_judged_at", "judged_at"),
    )
    verdict_id: int | None = Field(default=None, primary_key=True, sa_type=_KEY)
    point_id: str = Field(max_length=40)
    outage_began_at: datetime = Field(sa_type=UtcMillis)
    judged_at: datetime = Field(sa_type=UtcMillis)
    noticed_at: datetime = Field(sa_type=UtcMillis)
    own_began_at: datetime | None = Field(default=None, sa_type=UtcMillis)
    cause: str = Field(max_length=10)
    is_certain: bool
    is_recorded: bool
    evidence: str = Field(sa_type=Text)
