"""Throughput tests that points were allowed. What came of them is in the series database."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class LineTestRow(StateTable, table=True):
    """One test. It may begin between `begins_at` and `expires_at`, and be on until `ends_at`.

    `shared`: what its line shares with others, a word each. `outcome`: what the point said, empty
    while it may still be on; `silent`: it said nothing.
    """

    __tablename__ = "line_test"
    __table_args__ = (
        CheckConstraint("cause IN ('night', 'asked')", name="cause"),
        Index("ix_line_test_point_made", "point_id", "made_at"),
    )
    test_id: str = Field(primary_key=True, max_length=16)
    point_id: str = Field(max_length=40)
    cause: str = Field(max_length=8)
    asked_by: str = Field(default="", max_length=60)
    made_at: datetime = Field(sa_type=UtcDateTime, index=True)
    begins_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    duration_s: int
    most_bytes: int = Field(sa_type=BigInteger)
    shared: str = Field(default="", max_length=1000)
    stopped_by: str = Field(default="", max_length=60)
    outcome: str = Field(default="", max_length=8)
