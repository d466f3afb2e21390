"""What the office says on the screens of a meeting's points."""

from datetime import datetime

from sqlmodel import Field

from contracts.desired import MAX_MESSAGE_CHARS
from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class ScreenMessage(StateTable, table=True):
    """One message; without a point it is to all of the meeting."""

    __tablename__ = "screen_message"
    message_id: int | None = Field(default=None, primary_key=True)
    meeting_id: str = Field(foreign_key="meeting.meeting_id", index=True, max_length=40)
    point_id: str | None = Field(default=None, max_length=40)
    text: str = Field(max_length=MAX_MESSAGE_CHARS)
    sent_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    sent_by: str = Field(max_length=60)
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
