"""What is kept of meetings that are over, and how it changed."""

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class MeetingRecord(StateTable, table=True):
    """What is kept of one: `content_json` is a KeptRecord.

    `newest_event`: the line of the log up to which it was made; -1: the meeting was corrected.
    `version` grows with each change.
    """

    __tablename__ = "meeting_record"
    meeting_id: str = Field(primary_key=True, foreign_key="meeting.meeting_id", max_length=40)
    version: int
    newest_event: int = Field(sa_type=BigInteger)
    made_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    content_json: str = Field(sa_type=Text)


class MeetingRecordChange(StateTable, table=True):
    """One thing that became different when it was made anew; `what` is a Changed."""

    __tablename__ = "meeting_record_change"
    meeting_id: str = Field(
        primary_key=True, foreign_key="meeting_record.meeting_id", max_length=40
    )
    version: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    what: str = Field(max_length=12)
    subject: str = Field(default="", max_length=120)
    changed_at: datetime = Field(sa_type=UtcDateTime)
