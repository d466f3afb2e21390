"""How each thing of the centre is, every change of it, and how its databases grow."""

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class CentreThing(StateTable, table=True):
    """One thing of the centre as it was last judged; `evidence`: the text's values, as JSON."""

    __tablename__ = "centre_thing"
    part: str = Field(primary_key=True, max_length=12)
    about: str = Field(primary_key=True, max_length=120)
    standing: str = Field(max_length=8)
    key: str = Field(max_length=24)
    since: datetime = Field(sa_type=UtcDateTime)
    evidence: str = Field(sa_type=Text)


class CentreFlip(StateTable, table=True):
    """One change: what was said of a thing before and from then on; empty: it was not there."""

    __tablename__ = "centre_flip"
    flip_id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    part: str = Field(max_length=12)
    about: str = Field(max_length=120)
    was: str = Field(max_length=24)
    became: str = Field(max_length=24)
    standing: str = Field(max_length=8)
    evidence: str = Field(sa_type=Text)


class DatabaseDay(StateTable, table=True):
    """How large a database was on a day, and what was found where it was looked through."""

    __tablename__ = "database_day"
    day: str = Field(primary_key=True, max_length=10)
    database: str = Field(primary_key=True, max_length=12)
    at: datetime = Field(sa_type=UtcDateTime)
    bytes_total: int = Field(sa_type=BigInteger)
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    damage: str = Field(default="", max_length=200)
