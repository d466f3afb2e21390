"""The minutes of meetings, what they were before, and files for signature and back from it."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Text
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class MeetingMinutes(StateTable, table=True):
    """What the secretary writes; locked since `locked_at`. `version` grows with each save.

    `unlocked_*`: the last time they were opened again, and why.
    """

    __tablename__ = "meeting_minutes"
    meeting_id: str = Field(primary_key=True, foreign_key="meeting.meeting_id", max_length=40)
    version: int = Field(default=0)
    number: str = Field(default="", max_length=60)
    content: str = Field(default="", sa_type=Text)
    conclusions: str = Field(default="", sa_type=Text)
    edited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    edited_by: str = Field(default="", max_length=60)
    locked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    locked_by: str = Field(default="", max_length=60)
    unlocked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    unlocked_by: str = Field(default="", max_length=60)
    reason: str = Field(default="", max_length=200)


class MinutesEdit(StateTable, table=True):
    """The minutes as somebody left them; what one person saves within minutes is one of them."""

    __tablename__ = "minutes_edit"
    meeting_id: str = Field(
        primary_key=True, foreign_key="meeting_minutes.meeting_id", max_length=40
    )
    version: int = Field(primary_key=True)
    number: str = Field(default="", max_length=60)
    content: str = Field(sa_type=Text)
    conclusions: str = Field(sa_type=Text)
    began_at: datetime = Field(sa_type=UtcDateTime)
    edited_at: datetime = Field(sa_type=UtcDateTime)
    edited_by: str = Field(max_length=60)


class MinutesFile(StateTable, table=True):
    """A PDF: issued for signature, or brought back signed; rows are only added.

    Of a signed one `of_file_id` is what was issued, `verdict` a PrefixVerdict, `differs_at` the
    first byte that is another one.
    """

    __tablename__ = "minutes_file"
    __table_args__ = (
        CheckConstraint("kind IN ('issued', 'signed')", name="kind"),
        Index("ix_minutes_file_meeting_id", "meeting_id"),
    )
    file_id: int | None = Field(default=None, primary_key=True)
    meeting_id: str = Field(foreign_key="meeting_minutes.meeting_id", max_length=40)
    kind: str = Field(max_length=8)
    file_name: str = Field(max_length=120)
    sha256: str = Field(max_length=64)
    size_bytes: int
    of_file_id: int | None = Field(default=None)
    verdict: str = Field(default="", max_length=12)
    has_signature: bool = Field(default=False)
    differs_at: int | None = Field(default=None, sa_type=BigInteger)
    taken_at: datetime = Field(sa_type=UtcDateTime)
    taken_by: str = Field(max_length=60)
    content: bytes = Field(sa_type=LargeBinary)
