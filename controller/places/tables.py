"""Units and points, and the certificate each point's machine holds; how they stood and will stand.

A unit's and a point's own row says how it stands now, and from when to when there is such a one.
What was or is to be otherwise has periods; what has none has always stood as its row says.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, LargeBinary
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime

_OWNERS = "owner IN ('people_committee', 'party', 'council')"


class Unit(StateTable, table=True):
    """A unit of the tree, of any depth. `successor_id`: into which one it went."""

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
    successor_id: str | None = Field(default=None, max_length=40)


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
    budget_bytes: int | None = Field(default=None, sa_type=BigInteger)
    month_day: int | None = Field(default=None)
    contract_rate_bps: int | None = Field(default=None, sa_type=BigInteger)
    purchase_year: int | None = Field(default=None)
    latitude: float | None = Field(default=None)
    longitude: float | None = Field(default=None)
    certificate_sha256: str | None = Field(default=None, max_length=64)
    certificate_expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    enrolled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UnitPeriod(StateTable, table=True):
    """How a unit stands from an instant on, until its next period or its end."""

    __tablename__ = "unit_period"
    unit_id: str = Field(primary_key=True, foreign_key="unit.unit_id")
    valid_from: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    parent_id: str | None = Field(default=None, max_length=40)
    name: str = Field(max_length=120)
    kind: str = Field(default="", max_length=40)
    owner: str = Field(max_length=20)
    position: int = Field(default=0)


class PointPeriod(StateTable, table=True):
    """How a point stands from an instant on, until its next period or its end."""

    __tablename__ = "point_period"
    point_id: str = Field(primary_key=True, foreign_key="point.point_id")
    valid_from: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    unit_id: str = Field(max_length=40)
    name: str = Field(max_length=120)
    owner: str = Field(max_length=20)


class TreeChangeRow(StateTable, table=True):
    """A change of the tree that was decided. `document`: change_document.py, in JSON."""

    __tablename__ = "tree_change"
    change_id: str = Field(primary_key=True, max_length=16)
    kind: str = Field(max_length=10)
    in_force_at: datetime = Field(sa_type=UtcDateTime, index=True)
    basis: str = Field(default="", max_length=120)
    document: str
    made_by: str = Field(max_length=60)
    made_at: datetime = Field(sa_type=UtcDateTime)
    taken_back_by: str | None = Field(default=None, max_length=60)
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TreeFile(StateTable, table=True):
    """A file of units and points that somebody looks through before it is taken; one of each."""

    __tablename__ = "tree_file"
    made_by: str = Field(primary_key=True, max_length=60)
    file_id: str = Field(max_length=32)
    made_at: datetime = Field(sa_type=UtcDateTime)
    name: str = Field(max_length=120)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    in_force_at: datetime = Field(sa_type=UtcDateTime)
    ends_missing: bool = Field(default=False)
