"""Who has been given media tokens of a meeting, and who was put out of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class MediaGrant(StateTable, table=True):
    """A person's tokens for one meeting: until when the last lets in, and which have ended."""

    __tablename__ = "media_grant"
    meeting_id: str = Field(primary_key=True, foreign_key="meeting.meeting_id")
    user_name: str = Field(
        primary_key=True, max_length=60, foreign_key="user_account.user_name", index=True
    )
    lets_in_until: datetime = Field(sa_type=UtcDateTime)
    ended_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Expulsion(StateTable, table=True):
    """A point or person who was put out of a meeting, until that is undone."""

    __table_args__ = (
        CheckConstraint(
            "participant_kind IN ('point', 'person', 'recorder')", name="participant_kind"
        ),
    )
    meeting_id: str = Field(primary_key=True, foreign_key="meeting.meeting_id")
    subject: str = Field(primary_key=True, max_length=60)
    participant_kind: str = Field(primary_key=True, max_length=20)
    actor: str = Field(default="", max_length=60)
    happened_at: datetime = Field(sa_type=UtcDateTime)
