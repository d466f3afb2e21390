"""What happened, to which points, its story; who is told by what, and each message of it."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class IncidentRow(StateTable, table=True):
    """An incident of which people were told (monitoring/judgement/incidents.py).

    `evidence`: the values of what was wrong, as JSON. `ending`: a Turn that ends it.
    `priority`: a Priority, as it was judged last; `raised_at`: when people were told that it rose.
    """

    __tablename__ = "incident"
    number: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=24)
    reach: str = Field(max_length=8)
    told_reach: str = Field(max_length=8)
    unit_id: str = Field(default="", max_length=40)
    evidence: str = Field(default="{}", sa_type=Text)
    began_at: datetime = Field(sa_type=UtcDateTime)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    joined_at: datetime = Field(sa_type=UtcDateTime)
    told_at: datetime = Field(sa_type=UtcDateTime)
    over_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    ending: str = Field(default="", max_length=10)
    merged_into: int | None = Field(default=None)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acknowledged_by: str = Field(default="", max_length=60)
    priority: str = Field(default="normal", max_length=8)
    priority_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    raised_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class IncidentPoint(StateTable, table=True):
    """One point of an incident; `calm_since`: since when it was well again."""

    __tablename__ = "incident_point"
    number: int = Field(primary_key=True, foreign_key="incident.number")
    point_id: str = Field(primary_key=True, max_length=40)
    began_at: datetime = Field(sa_type=UtcDateTime)
    calm_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    falls: int = Field(default=1)


class IncidentEntry(StateTable, table=True):
    """One line of an incident's story: what was seen, done or noted, and by whom."""

    __tablename__ = "incident_entry"
    entry_id: int | None = Field(default=None, primary_key=True)
    number: int = Field(foreign_key="incident.number", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    kind: str = Field(max_length=16)
    who: str = Field(default="", max_length=60)
    text: str = Field(default="", max_length=500)


class AlertChannel(StateTable, table=True):
    """By what somebody is told. `secret`: locked, with the channel's id as context.

    `place`: what of it may be shown, as JSON. `asked_at`: somebody waits for a trial of it.
    `quiet_lets`: the least Priority that goes out in its quiet hours; those begin and end
    together where there are none.
    """

    __tablename__ = "alert_channel"
    channel_id: str = Field(primary_key=True, max_length=20)
    kind: str = Field(max_length=8)
    name: str = Field(max_length=60)
    place: str = Field(sa_type=Text)
    secret: str = Field(default="", sa_type=Text)
    added_at: datetime = Field(sa_type=UtcDateTime)
    added_by: str = Field(max_length=60)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = Field(default="", max_length=300)
    quiet_from_min: int = Field(default=0)
    quiet_until_min: int = Field(default=0)
    quiet_lets: str = Field(default="high", max_length=8)


class AlertText(StateTable, table=True):
    """What messages of a kind say, where somebody has changed it (letter_texts.py)."""

    __tablename__ = "alert_text"
    kind: str = Field(primary_key=True, max_length=10)
    text: str = Field(max_length=400)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: str = Field(max_length=60)


class AlertMessage(StateTable, table=True):
    """One message by one channel; a channel that was removed leaves its name.

    `rank`: 0 is the most important. `state`: waiting, sent, given_up; held for the morning,
    summed up in what was sent then, or dropped, since it was over by then. `person_id`,
    `address`: to whom, where not to the channel's own receivers. `takes`: it carries a link by
    which its receiver takes care of the incident. `answers`: to which message somebody answered
    whom it tells what came of that.
    """

    __tablename__ = "alert_message"
    message_id: int | None = Field(default=None, primary_key=True)
    number: int = Field(foreign_key="incident.number", index=True)
    channel_id: str = Field(max_length=20)
    channel_name: str = Field(max_length=60)
    what: str = Field(max_length=10)
    rank: int
    title: str = Field(max_length=200)
    text: str = Field(max_length=400)
    queued_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(default="waiting", max_length=10, index=True)
    tries: int = Field(default=0)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    problem: str = Field(default="", max_length=300)
    person_id: str = Field(default="", max_length=20)
    address: str = Field(default="", max_length=254)
    priority: str = Field(default="normal", max_length=8)
    held_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    takes: bool = Field(default=False)
    answers: int | None = Field(default=None, index=True)
