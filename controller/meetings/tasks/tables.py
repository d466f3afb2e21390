"""What meetings decided to have done."""

from datetime import date, datetime

from sqlalchemy import Date, Index
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class MeetingTask(StateTable, table=True):
    """One thing that is to be done; removed, its row stays. `version` grows with each change."""

    __tablename__ = "meeting_task"
    __table_args__ = (
        Index("ix_meeting_task_meeting_id", "meeting_id"),
        Index("ix_meeting_task_deadline", "deadline"),
    )
    task_id: int | None = Field(default=None, primary_key=True)
    meeting_id: str = Field(foreign_key="meeting.meeting_id", max_length=40)
    version: int = Field(default=1)
    text: str = Field(max_length=500)
    owner: str = Field(default="", max_length=120)
    deadline: date | None = Field(default=None, sa_type=Date)
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: str = Field(max_length=60)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_by: str = Field(default="", max_length=60)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
