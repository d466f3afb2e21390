"""What was said of points in meetings that are over, and by what: kept until new evidence comes."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class JudgedMeeting(StateTable, table=True):
    """A meeting of which it was said, and when last: what comes in later has it said anew.

    `allowed_min`: so many bad minutes were allowed; None: it was said before that was kept.
    """

    __tablename__ = "judged_meeting"
    meeting_id: str = Field(primary_key=True, foreign_key="meeting.meeting_id", max_length=40)
    judged_at: datetime = Field(sa_type=UtcDateTime, index=True)
    allowed_min: int | None = None


class JudgedPoint(StateTable, table=True):
    """One point in one meeting; `minutes` as packing.py writes them, from `begins_at` on."""

    __tablename__ = "judged_point"
    __table_args__ = (
        CheckConstraint(
            "verdict IN ('uninterrupted', 'interrupted', 'excluded', 'unknown')", name="verdict"
        ),
    )
    meeting_id: str = Field(primary_key=True, foreign_key="meeting.meeting_id", max_length=40)
    point_id: str = Field(primary_key=True, max_length=40)
    held_minutes: int
    good_minutes: int
    longest_cut_s: int
    verdict: str = Field(max_length=14)
    cause: str = Field(default="", max_length=12)
    begins_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    minutes: str = Field(default="")
