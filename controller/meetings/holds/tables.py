"""Rooms that are held for meetings until their owner agrees, and who acts for which owner."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime

_OWNERS = "owner IN ('people_committee', 'party', 'council')"


class RoomHold(StateTable, table=True):
    """A room (a point) that a meeting has by its owner's word; a HoldState.

    [begins_at, ends_at): the time that was asked for; `expires_at`: when it lapses unanswered.
    """

    __tablename__ = "room_hold"
    __table_args__ = (
        CheckConstraint(_OWNERS, name="owner"),
        CheckConstraint(
            "state IN ('asked', 'agreed', 'refused', 'expired', 'displaced', 'taken')",
            name="state",
        ),
        Index("ix_room_hold_point_id_ends_at", "point_id", "ends_at"),
        Index("ix_room_hold_state_expires_at", "state", "expires_at"),
    )
    meeting_id: str = Field(primary_key=True, foreign_key="meeting.meeting_id")
    point_id: str = Field(primary_key=True, foreign_key="point.point_id")
    owner: str = Field(max_length=20)
    state: str = Field(max_length=10)
    begins_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    asked_by: str = Field(max_length=60)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_by: str = Field(default="", max_length=60)
    reason: str = Field(default="", max_length=200)


class OwnerRole(StateTable, table=True):
    """For which owner somebody sets meetings; `approves`: agrees to others' meetings too.

    `email`: where they are told that somebody asks; empty: they look at the page.
    """

    __tablename__ = "owner_role"
    __table_args__ = (CheckConstraint(_OWNERS, name="owner"),)
    user_name: str = Field(primary_key=True, foreign_key="user_account.user_name")
    owner: str = Field(primary_key=True, max_length=20)
    approves: bool = Field(default=False)
    email: str = Field(default="", max_length=254)
    set_at: datetime = Field(sa_type=UtcDateTime)
    set_by: str = Field(max_length=60)
