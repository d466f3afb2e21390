"""Meetings, who is invited, their floor and their log."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime
from controller.meetings.kinds import HeldAs, MeetingKind
from controller.places.owner import Owner

# A place among meetings in the order of their beginnings; "" stands before every id.
OrderKey = tuple[datetime, str]


class Meeting(StateTable, table=True):
    """A meeting. Its state changes only as meeting_state.py says."""

    __table_args__ = (
        CheckConstraint("classification = 'normal'", name="classification"),
        CheckConstraint("ends_at > begins_at", name="times"),
        CheckConstraint(
            "state IN ('draft', 'scheduled', 'live', 'ended', 'cancelled')", name="state"
        ),
        Index("ix_meeting_state_begins_at", "state", "begins_at"),
        Index("ix_meeting_series_id_series_at", "series_id", "series_at"),
    )
    meeting_id: str = Field(primary_key=True, max_length=40)
    title: str = Field(max_length=120)
    document_number: str = Field(default="", max_length=60)
    classification: str = Field(default="normal", max_length=20)
    owner: str = Field(default=Owner.PEOPLE_COMMITTEE.value, max_length=20)
    kind: str = Field(default=MeetingKind.OTHER.value, max_length=20)
    level: int | None = Field(default=None)
    secretary: str = Field(default="", max_length=60)
    held_as: str = Field(default=HeldAs.ONLINE.value, max_length=20)
    host_unit_id: str | None = Field(default=None, max_length=40)
    chair_name: str = Field(default="", max_length=60)
    chair_point_id: str = Field(foreign_key="point.point_id")
    begins_at: datetime = Field(sa_type=UtcDateTime, index=True)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(max_length=20)
    relay_id: str = Field(max_length=40)
    is_recorded: bool = Field(default=False)
    created_by: str = Field(max_length=60)
    created_at: datetime = Field(sa_type=UtcDateTime)
    live_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    series_id: str | None = Field(default=None, max_length=40)
    series_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    speech_s: int | None = Field(default=None)
    locked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    deputy_point_id: str | None = Field(default=None, max_length=40)
    deputy_name: str = Field(default="", max_length=60, sa_column_kwargs={"server_default": ""})
    deputy_since: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def chairing_point_id(self) -> str:
        """From which point it is led: the chair's, or that of the deputy it was handed over to."""
        return self.deputy_point_id or self.chair_point_id

    @property
    def is_joined(self) -> bool:
        """Whether points, people and recorders join it at a relay."""
        return HeldAs(self.held_as).is_joined


class MeetingSeries(StateTable, table=True):
    """Meetings that recur by a rule of RFC 5545; each date is a meeting of its own.

    `skipped`: the dates of the rule that no meeting was made for, as RFC 5545 writes them (UTC),
    with commas. A meeting's `series_at` is its date by the rule, wherever it was moved to.
    """

    __tablename__ = "meeting_series"
    __table_args__ = (CheckConstraint("holidays IN ('skip', 'next', 'keep')", name="holidays"),)
    series_id: str = Field(primary_key=True, max_length=40)
    rule: str = Field(max_length=200)
    first_at: datetime = Field(sa_type=UtcDateTime)
    minutes: int
    holidays: str = Field(max_length=8)
    skipped: str
    created_by: str = Field(max_length=60)
    created_at: datetime = Field(sa_type=UtcDateTime)


class MeetingParticipant(StateTable, table=True):
    """A point invited to a meeting (the chair's among them), in protocol order."""

    __tablename__ = "meeting_participant"
    meeting_id: str = Field(primary_key=True, foreign_key="meeting.meeting_id")
    point_id: str = Field(primary_key=True, foreign_key="point.point_id", index=True)
    position: int = Field(default=0)


class MeetingAgendaItem(StateTable, table=True):
    """An item of a meeting's agenda; `began_at`: when the meeting came to it."""

    __tablename__ = "meeting_agenda_item"
    meeting_id: str = Field(primary_key=True, foreign_key="meeting.meeting_id")
    position: int = Field(primary_key=True)
    title: str = Field(max_length=200)
    minutes: int
    speaker: str = Field(max_length=80)
    point_id: str | None = Field(default=None, max_length=40)
    began_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MeetingFloor(StateTable, table=True):
    """The floor of a meeting as contracts.floor.FloorState in JSON, and the one before.

    `epoch` repeats the document's, for the conditional UPDATE that claims a change.
    """

    __tablename__ = "meeting_floor"
    meeting_id: str = Field(primary_key=True, foreign_key="meeting.meeting_id")
    epoch: int = Field(default=0, sa_type=BigInteger)
    state_json: str
    undo_json: str | None = Field(default=None)


class SpeechRequest(StateTable, table=True):
    """Who waits for the floor of a meeting, as the floor names them, and since when.

    `granted_epoch`: with the move of this epoch they were given it, and wait no more.
    """

    __tablename__ = "speech_request"
    meeting_id: str = Field(primary_key=True, foreign_key="meeting.meeting_id")
    who: str = Field(primary_key=True, max_length=80)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    granted_epoch: int | None = Field(default=None, sa_type=BigInteger)


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
