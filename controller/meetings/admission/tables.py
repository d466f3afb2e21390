"""Who was let into a meeting that is locked."""

from datetime import datetime

from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class LateAdmission(StateTable, table=True):
    """A point or person, as the floor names them, whom the office let in while it was locked."""

    __tablename__ = "meeting_admission"
    meeting_id: str = Field(primary_key=True, foreign_key="meeting.meeting_id")
    who: str = Field(primary_key=True, max_length=80)
    admitted_by: str = Field(max_length=60)
    admitted_at: datetime = Field(sa_type=UtcDateTime)
