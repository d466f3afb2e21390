"""Files that are shown at all points of a meeting (tài liệu họp)."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class MeetingHandout(StateTable, table=True):
    """A PDF of a meeting; a day after it was deleted its row goes."""

    __tablename__ = "meeting_handout"
    __table_args__ = (Index("ix_meeting_handout_meeting_id", "meeting_id"),)
    handout_id: int | None = Field(default=None, primary_key=True)
    meeting_id: str = Field(foreign_key="meeting.meeting_id", max_length=40)
    file_name: str = Field(max_length=120)
    sha256: str = Field(max_length=64)
    size_bytes: int
    brought_at: datetime = Field(sa_type=UtcDateTime)
    brought_by: str = Field(max_length=60)
    content: bytes = Field(sa_type=LargeBinary)


class RemovedHandout(StateTable, table=True):
    """That a file was deleted, and may be had back. Apart: behind its content nothing is quick."""

    __tablename__ = "removed_handout"
    handout_id: int = Field(primary_key=True, foreign_key="meeting_handout.handout_id")
    removed_at: datetime = Field(sa_type=UtcDateTime)
    removed_by: str = Field(max_length=60)
