"""Units and points, and the certificate each point's machine holds."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime

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
    budget_bytes: int | None = Field(default=None, sa_type=BigInteger)
    month_day: int | None = Field(default=None)
    contract_rate_bps: int | None = Field(default=None, sa_type=BigInteger)
    purchase_year: int | None = Field(default=None)
    latitude: float | None = Field(default=None)
    longitude: float | None = Field(default=None)
    certificate_sha256: str | None = Field(default=None, max_length=64)
    certificate_expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    enrolled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
