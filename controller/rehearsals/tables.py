"""Rehearsals of meetings, and what came of them at each point."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class RehearsalRun(StateTable, table=True):
    """One rehearsal of a meeting's points: at a moment of its own, or because somebody asked.

    `open_for`: the meeting's id while it goes on, so that it has one at a time. `due_at`: when
    its moment was. `ends_at`: every turn is over by then.
    """

    __tablename__ = "rehearsal_run"
    __table_args__ = (
        CheckConstraint("moment IN ('day', 'hour', 'quarter', 'asked')", name="moment"),
        UniqueConstraint("meeting_id", "moment", "due_at"),
        UniqueConstraint("open_for"),
    )
    run_id: str = Field(primary_key=True, max_length=16)
    meeting_id: str = Field(max_length=40, index=True)
    open_for: str | None = Field(default=None, max_length=40)
    moment: str = Field(max_length=8)
    asked_by: str = Field(default="", max_length=60)
    due_at: datetime = Field(sa_type=UtcDateTime)
    made_at: datetime = Field(sa_type=UtcDateTime, index=True)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    over_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RehearsalResult(StateTable, table=True):
    """One point in a rehearsal: when its turn is, and what came of it.

    `told_at`: since when the point is told of its turn. `judged_at`: since when it has a verdict.
    `findings`: what was found, a word each as TRIED:FOUND:CAUSE. `shared`: what its line shares
    with others.
    """

    __tablename__ = "rehearsal_result"
    __table_args__ = (
        CheckConstraint(
            "verdict IN ('', 'ready', 'at_risk', 'not_ready', 'no_result')", name="verdict"
        ),
        UniqueConstraint("run_id", "point_id"),
        Index("ix_rehearsal_result_point_id_begins_at", "point_id", "begins_at"),
        Index("ix_rehearsal_result_judged_at", "judged_at"),
    )
    rehearsal_id: str = Field(primary_key=True, max_length=16)
    run_id: str = Field(foreign_key="rehearsal_run.run_id", max_length=16)
    point_id: str = Field(max_length=40)
    relay_id: str = Field(max_length=40)
    shared: str = Field(default="", max_length=1000)
    begins_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    judged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = Field(default="", max_length=12)
    verdict: str = Field(default="", max_length=10)
    cause: str = Field(default="", max_length=32)
    findings: str = Field(default="", max_length=400)
    loss_ratio: float | None = None
    rtt_ms: float | None = None
    jitter_ms: float | None = None


class RequiredPoint(StateTable, table=True):
    """A point without which a meeting does not begin, besides the chair's: somebody said so."""

    __tablename__ = "required_point"
    meeting_id: str = Field(primary_key=True, max_length=40)
    point_id: str = Field(primary_key=True, max_length=40)
    set_by: str = Field(max_length=60)
    set_at: datetime = Field(sa_type=UtcDateTime, index=True)
