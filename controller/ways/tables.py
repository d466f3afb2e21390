"""Which points were asked to trace their way."""

from datetime import datetime

from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class AskedTrace(StateTable, table=True):
    """How often somebody asked a point to trace its way, and when last."""

    __tablename__ = "asked_trace"
    point_id: str = Field(primary_key=True, foreign_key="point.point_id", max_length=40)
    asked_total: int
    asked_at: datetime = Field(sa_type=UtcDateTime)
    asked_by: str = Field(max_length=60)
