"""The roll call of a meeting, and everything that was said in it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class RollCall(StateTable, table=True):
    """How a meeting's roll call stands. `acts` counts what was done, so that each act has a number.

    `closed_at`: since then it says what it says. `reopened_*`: the last time it was opened again.
    """

    __tablename__ = "roll_call"
    meeting_id: str = Field(primary_key=True, foreign_key="meeting.meeting_id", max_length=40)
    acts: int = Field(default=0)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: str = Field(default="", max_length=60)
    reopened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reopened_by: str = Field(default="", max_length=60)
    reason: str = Field(default="", max_length=200)


class RollCallEntry(StateTable, table=True):
    """What somebody said of one who is invited; the newest that is not taken back counts.

    `subject`: as the floor names it, a point by its id or `person:NAME`. Rows are only added, and
    those of one act taken back together.
    """

    __tablename__ = "roll_call_entry"
    __table_args__ = (
        CheckConstraint(
            "state IN ('uncalled', 'present', 'late', 'substitute', 'absent')", name="state"
        ),
        Index("ix_roll_call_entry_meeting_id_subject", "meeting_id", "subject"),
    )
    entry_id: int | None = Field(default=None, primary_key=True)
    meeting_id: str = Field(foreign_key="meeting.meeting_id", max_length=40)
    subject: str = Field(max_length=80)
    act: int
    state: str = Field(max_length=12)
    detail: str = Field(default="", max_length=120)
    late_min: int | None = Field(default=None)
    heads: int | None = Field(default=None)
    proposed: str = Field(default="", max_length=12)
    actor: str = Field(max_length=60)
    happened_at: datetime = Field(sa_type=UtcDateTime)
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
