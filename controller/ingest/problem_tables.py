"""What is wrong with points: as it stands, and every change of it. Written by ingest alone."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlmodel import Field

from controller.db.base import SeriesTable
from controller.db.millis import UtcMillis

_KEY = BigInteger().with_variant(Integer, "sqlite")


class OpenProblem(SeriesTable, table=True):
    """One thing that is wrong with a point now; `evidence` are the text's values as JSON.

    `about` tells several of a kind apart: an interface, a collector; else it is empty.
    """

    __tablename__ = "open_problem"
    __table_args__ = ({"sqlite_with_rowid": False},)
    point_id: str = Field(primary_key=True, max_length=40)
    problem: str = Field(primary_key=True, max_length=24)
    about: str = Field(primary_key=True, max_length=120)
    severity: str = Field(max_length=8)
    began_at: datetime = Field(sa_type=UtcMillis)
    evidence: str = Field(sa_type=Text)


class RefusedDocument(SeriesTable, table=True):
    """A desired document that a point could not take over, by its own last word of it."""

    __tablename__ = "refused_document"
    __table_args__ = ({"sqlite_with_rowid": False},)
    point_id: str = Field(primary_key=True, max_length=40)
    document: str = Field(primary_key=True, max_length=20)
    refused_at: datetime = Field(sa_type=UtcMillis)
    problem: str = Field(max_length=400)


class ProblemFlip(SeriesTable, table=True):
    """One change of what is wrong with a point: `was` or `became` None: nothing was, is wrong."""

    __tablename__ = "problem_flip"
    __table_args__ = (
        Index("ix_problem_flip_point_at", "point_id", "at"),
        Index("ix_problem_flip_at", "at"),
    )
    flip_id: int | None = Field(default=None, primary_key=True, sa_type=_KEY)
    point_id: str = Field(max_length=40)
    problem: str = Field(max_length=24)
    about: str = Field(max_length=120)
    was: str | None = Field(default=None, max_length=8)
    became: str | None = Field(default=None, max_length=8)
    at: datetime = Field(sa_type=UtcMillis)
    evidence: str = Field(sa_type=Text)
