"""Which units have a calendar to subscribe to, and what opens it."""

from datetime import datetime

from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class UnitFeed(StateTable, table=True):
    """A unit's calendar; of its secret only the hash is kept (link_pass.py)."""

    __tablename__ = "unit_feed"
    unit_id: str = Field(primary_key=True, foreign_key="unit.unit_id")
    secret_sha256: str = Field(max_length=64)
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: str = Field(max_length=60)
