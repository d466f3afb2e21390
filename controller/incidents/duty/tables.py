"""Who is on duty when, who is told next where nobody answers, and what was told of that.

Times of day are minutes of Vietnam's day.
"""

from datetime import date, datetime

from sqlalchemy import Date
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime

ONLY = 1


class DutyPerson(StateTable, table=True):
    """Who may be on duty, and by what they are told: a channel, of mail with their own address.

    `unit_id`: for which branch they answer; empty: for all. `quiet_lets`: the least Priority that
    reaches them in their quiet hours; those begin and end together where there are none.
    """

    __tablename__ = "duty_person"
    person_id: str = Field(primary_key=True, max_length=20)
    name: str = Field(max_length=60)
    channel_id: str = Field(max_length=20)
    address: str = Field(default="", max_length=254)
    unit_id: str = Field(default="", max_length=40)
    quiet_from_min: int = Field(default=0)
    quiet_until_min: int = Field(default=0)
    quiet_lets: str = Field(default="high", max_length=8)


class DutyShift(StateTable, table=True):
    """One shift of each week; Monday is 0, and what ends before it begins ends the next day."""

    __tablename__ = "duty_shift"
    shift_id: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(max_length=20, foreign_key="duty_person.person_id", index=True)
    weekday: int
    from_min: int
    until_min: int


class DutySwap(StateTable, table=True):
    """On one date somebody takes the shifts of another that begin then."""

    __tablename__ = "duty_swap"
    on_date: date = Field(primary_key=True, sa_type=Date)
    out_id: str = Field(primary_key=True, max_length=20, foreign_key="duty_person.person_id")
    in_id: str = Field(max_length=20, foreign_key="duty_person.person_id")


class DutyRung(StateTable, table=True):
    """Who is told of what nobody has taken for so many minutes, by Priority; None: never.

    `target`: duty, channels, or one as person:ID or channel:ID.
    """

    __tablename__ = "duty_rung"
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    target: str = Field(max_length=30)
    high_min: int | None = Field(default=None)
    normal_min: int | None = Field(default=None)
    low_min: int | None = Field(default=None)


class DutyPolicy(StateTable, table=True):
    """How long before a meeting something is urgent, and a machine has to be on: one row.

    The defaults count until somebody has set it.
    """

    __tablename__ = "duty_policy"
    policy_id: int = Field(
        default=ONLY, primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    ahead_min: int = 60
    wakes_min: int = 20


class IncidentStep(StateTable, table=True):
    """A step of the ladder that was told of an incident: none is told twice.

    It is known by whom it means, so that rungs may come and go meanwhile (LadderRung).
    """

    __tablename__ = "incident_step"
    number: int = Field(
        primary_key=True, foreign_key="incident.number", sa_column_kwargs={"autoincrement": False}
    )
    step: str = Field(primary_key=True, max_length=40)
    told_at: datetime = Field(sa_type=UtcDateTime)
