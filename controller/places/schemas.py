"""What the API takes and gives of units and points."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from contracts.ids import MAX_POINT_NUMBER
from contracts.uplink import LAST_MONTH_DAY, MAX_BUDGET_BYTES, MIN_BUDGET_BYTES
from controller.places.owner import Owner
from controller.web.schemas import Id, Input, Output


class UnitIn(Input):
    """A new unit."""

    unit_id: Id
    parent_id: Id | None = None
    name: str
    kind: str = ""
    owner: Owner = Owner.PEOPLE_COMMITTEE
    position: Annotated[int, Field(ge=0, le=100_000)] = 0


class UnitOut(Output):
    """A unit of the tree."""

    unit_id: str
    parent_id: str | None
    name: str
    kind: str
    owner: str
    position: int
    valid_from: datetime
    valid_to: datetime | None


class PointIn(Input):
    """A new point; without a number it gets the next one."""

    point_id: Id
    number: Annotated[int, Field(ge=1, le=MAX_POINT_NUMBER)] | None = None
    unit_id: Id
    name: str
    owner: Owner = Owner.PEOPLE_COMMITTEE
    is_metered: bool = False
    budget_bytes: Annotated[int, Field(ge=MIN_BUDGET_BYTES, le=MAX_BUDGET_BYTES)] | None = None
    month_day: Annotated[int, Field(ge=1, le=LAST_MONTH_DAY)] | None = None
    contract_rate_bps: Annotated[int, Field(ge=1_000, le=10**11)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None


class PointOut(Output):
    """A point."""

    point_id: str
    number: int
    unit_id: str
    name: str
    owner: str
    valid_from: datetime
    valid_to: datetime | None
    is_metered: bool
    budget_bytes: int | None
    month_day: int | None
    contract_rate_bps: int | None
    latitude: float | None
    longitude: float | None
    enrolled_at: datetime | None
    certificate_expires_at: datetime | None
