"""Who leads, and what was last said on each retained topic."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class Leadership(StateTable, table=True):
    """The one row that says which start of a controller leads."""

    __table_args__ = (CheckConstraint("leadership_id = 1", name="one_row"),)
    leadership_id: int = Field(default=1, primary_key=True)
    leader_epoch: int = Field(default=0, sa_type=BigInteger)
    taken_at: datetime = Field(sa_type=UtcDateTime)


class DesiredDocument(StateTable, table=True):
    """What was last said on a retained topic, so that a change is known as one."""

    __tablename__ = "desired_document"
    topic: str = Field(primary_key=True, max_length=200)
    generation: int = Field(sa_type=BigInteger)
    content_sha256: str = Field(max_length=64)
    issued_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
