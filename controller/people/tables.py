"""People and their sessions."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class User(StateTable, table=True):
    """A person who signs in."""

    __tablename__ = "user_account"
    __table_args__ = (CheckConstraint("role IN ('viewer', 'office', 'admin')", name="role"),)
    user_name: str = Field(primary_key=True, max_length=60)
    display_name: str = Field(default="", max_length=120)
    password_hash: str = Field(max_length=200)
    role: str = Field(max_length=20)
    created_at: datetime = Field(sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UserBranch(StateTable, table=True):
    """A unit that a person is bounded to, with all below it; who has none is of the province."""

    __tablename__ = "user_branch"
    user_name: str = Field(primary_key=True, foreign_key="user_account.user_name")
    unit_id: str = Field(primary_key=True, foreign_key="unit.unit_id", max_length=40)


class WebSession(StateTable, table=True):
    """A signed-in browser; only the hash of its cookie is kept."""

    __tablename__ = "web_session"
    token_sha256: str = Field(primary_key=True, max_length=64)
    user_name: str = Field(foreign_key="user_account.user_name", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
