"""The audit log: who did what, from where, and how it ended. Rows are only ever added."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class AuditEntry(StateTable, table=True):
    """One thing that somebody did or tried. Never holds a secret."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_action_entry_id", "action", "entry_id"),)
    entry_id: int | None = Field(default=None, primary_key=True)
    happened_at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor: str = Field(default="", max_length=60)
    address: str = Field(default="", max_length=60)
    action: str = Field(max_length=40)
    subject: str = Field(default="", max_length=120)
    outcome: str = Field(max_length=20)
    detail: str = Field(default="", max_length=200)
