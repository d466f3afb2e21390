"""Tables of the state database: what people wait for. Written by the web process alone.

SQLModel tables do not validate: what comes from outside is validated before. This
module does without `from __future__ import annotations`, which SQLModel cannot read.
"""

from datetime import datetime
from enum import Enum

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from controller.db.base import table_registry
from controller.db.types import UtcDateTime


class StateTable(SQLModel, registry=table_registry()):
    """Base of the tables of this database."""


class Owner(Enum):
    """Who a unit or a room belongs to; kept as its value."""

    PEOPLE_COMMITTEE = "people_committee"
    PARTY = "party"
    COUNCIL = "council"


class Role(Enum):
    """What a person may do: each includes the ones before it."""

    VIEWER = "viewer"
    OFFICE = "office"
    ADMIN = "admin"


_OWNERS = "owner IN ('people_committee', 'party', 'council')"


class Unit(StateTable, table=True):
    """A unit of the tree, of any depth; its parent and name hold while it is valid."""

    __table_args__ = (
        CheckConstraint(_OWNERS, name="owner"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
    )
    unit_id: str = Field(primary_key=True, max_length=40)
    parent_id: str | None = Field(default=None, foreign_key="unit.unit_id", index=True)
    name: str = Field(max_length=120)
    kind: str = Field(default="", max_length=40)
    owner: str = Field(max_length=20)
    position: int = Field(default=0)
    valid_from: datetime = Field(sa_type=UtcDateTime)
    valid_to: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Point(StateTable, table=True):
    """A conference point (điểm cầu) and the certificate its machine holds."""

    __table_args__ = (
        CheckConstraint(_OWNERS, name="owner"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
    )
    point_id: str = Field(primary_key=True, max_length=40)
    number: int = Field(unique=True)
    unit_id: str = Field(foreign_key="unit.unit_id", index=True)
    name: str = Field(max_length=120)
    owner: str = Field(max_length=20)
    valid_from: datetime = Field(sa_type=UtcDateTime)
    valid_to: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_metered: bool = Field(default=False)
    contract_rate_bps: int | None = Field(default=None, sa_type=BigInteger)
    certificate_sha256: str | None = Field(default=None, max_length=64)
    certificate_expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    enrolled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class EnrolmentCode(StateTable, table=True):
    """A code that makes one machine one point, once. Only its hash is kept."""

    __tablename__ = "enrolment_code"
    secret_sha256: str = Field(primary_key=True, max_length=64)
    point_id: str = Field(foreign_key="point.point_id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str = Field(default="", max_length=60)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    tries: int = Field(default=0)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_by_key_sha256: str | None = Field(default=None, max_length=64)


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


class WebSession(StateTable, table=True):
    """A signed-in browser; only the hash of its cookie is kept."""

    __tablename__ = "web_session"
    token_sha256: str = Field(primary_key=True, max_length=64)
    user_name: str = Field(foreign_key="user_account.user_name", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Meeting(StateTable, table=True):
    """A meeting. Its state changes only as core/meeting_state.py says."""

    __table_args__ = (
        CheckConstraint("classification = 'normal'", name="classification"),
        CheckConstraint("ends_at > begins_at", name="times"),
        CheckConstraint(
            "state IN ('draft', 'scheduled', 'live', 'ended', 'cancelled')", name="state"
        ),
        Index("ix_meeting_state_begins_at", "state", "begins_at"),
    )
    meeting_id: str = Field(primary_key=True, max_length=40)
    title: str = Field(max_length=120)
    document_number: str = Field(default="", max_length=60)
    classification: str = Field(default="normal", max_length=20)
    owner: str = Field(default=Owner.PEOPLE_COMMITTEE.value, max_length=20)
    chair_point_id: str = Field(foreign_key="point.point_id")
    begins_at: datetime = Field(sa_type=UtcDateTime, index=True)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(max_length=20)
    relay_id: str = Field(max_length=40)
    created_by: str = Field(max_length=60)
    created_at: datetime = Field(sa_type=UtcDateTime)
    live_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MeetingParticipant(StateTable, table=True):
    """A point invited to a meeting (the chair's among them), in protocol order."""

    __tablename__ = "meeting_participant"
    meeting_id: str = Field(primary_key=True, foreign_key="meeting.meeting_id")
    point_id: str = Field(primary_key=True, foreign_key="point.point_id", index=True)
    position: int = Field(default=0)


class MeetingFloor(StateTable, table=True):
    """The floor of a meeting as contracts.floor.FloorState in JSON, and the one before.

    `epoch` repeats the document's, for the conditional UPDATE that claims a change.
    """

    __tablename__ = "meeting_floor"
    meeting_id: str = Field(primary_key=True, foreign_key="meeting.meeting_id")
    epoch: int = Field(default=0, sa_type=BigInteger)
    state_json: str
    undo_json: str | None = Field(default=None)


class MeetingEvent(StateTable, table=True):
    """One thing that happened in a meeting; rows are only ever added.

    From a relay: (relay_id, relay_started_at, relay_seq) makes it countable once.
    From a person: `actor` is the user's name.
    """

    __tablename__ = "meeting_event"
    __table_args__ = (
        UniqueConstraint("relay_id", "relay_started_at", "relay_seq"),
        Index("ix_meeting_event_meeting_id_happened_at", "meeting_id", "happened_at"),
    )
    event_id: int | None = Field(default=None, primary_key=True)
    meeting_id: str = Field(max_length=40)
    happened_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    kind: str = Field(max_length=40)
    point_id: str | None = Field(default=None, max_length=40)
    subject: str = Field(default="", max_length=120)
    actor: str = Field(default="", max_length=60)
    direction: str | None = Field(default=None, max_length=10)
    floor_epoch: int | None = Field(default=None, sa_type=BigInteger)
    detail: str = Field(default="", max_length=400)
    relay_id: str | None = Field(default=None, max_length=40)
    relay_started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    relay_seq: int | None = Field(default=None, sa_type=BigInteger)


class Leadership(StateTable, table=True):
    """The one row that says which start of a controller leads."""

    __table_args__ = (CheckConstraint("leadership_id = 1", name="one_row"),)
    leadership_id: int = Field(default=1, primary_key=True)
    leader_epoch: int = Field(default=0, sa_type=BigInteger)
    taken_at: datetime = Field(sa_type=UtcDateTime)


class DesiredDocument(StateTable, table=True):
    """What was last said on a retained topic, so that a change is known as one."""

    __tablename__ = "desired_document"
    topic: str = Field(primary_key=True, max_length=200)
    generation: int = Field(sa_type=BigInteger)
    content_sha256: str = Field(max_length=64)
    issued_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
