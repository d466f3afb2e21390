"""Maintenance as people declared it. Rows are only ever added."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class MaintenanceRow(StateTable, table=True):
    """One revision of a declaration, made at `made_at`; the last of each declaration counts.

    `subject_id`: the point or unit, by `scope`; empty where it is all of them.
    """

    __tablename__ = "maintenance"
    __table_args__ = (
        CheckConstraint("scope IN ('point', 'unit', 'all')", name="scope"),
        CheckConstraint("ends_at > begins_at", name="times"),
        Index("ix_maintenance_id_revision", "maintenance_id", "revision"),
    )
    revision: int | None = Field(default=None, primary_key=True)
    maintenance_id: str = Field(max_length=20)
    scope: str = Field(max_length=8)
    subject_id: str = Field(default="", max_length=40)
    begins_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime, index=True)
    reason: str = Field(max_length=200)
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: str = Field(max_length=60)
    is_withdrawn: bool = Field(default=False)
