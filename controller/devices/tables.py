"""The switches, routers and power supplies that a point asks, and their batteries."""

from datetime import datetime

from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class PointDevice(StateTable, table=True):
    """A device of a point. `secrets`: locked, with the point's and the device's id as context.

    `asked_total` grows where somebody wants it asked at once.
    """

    __tablename__ = "point_device"
    device_id: str = Field(primary_key=True, max_length=20)
    point_id: str = Field(foreign_key="point.point_id", index=True, max_length=40)
    name: str = Field(max_length=60)
    address: str = Field(max_length=45)
    port: int = Field(default=161)
    user_name: str = Field(default="", max_length=64)
    auth: str = Field(default="", max_length=8)
    priv: str = Field(default="", max_length=8)
    secrets: str = Field(max_length=2000)
    asked_total: int = Field(default=0)
    added_at: datetime = Field(sa_type=UtcDateTime)
    added_by: str = Field(max_length=60)


class BatteryChange(StateTable, table=True):
    """A battery was replaced, as somebody says. `replaced_on`: a day as 2026-12-31.

    The device may be one that nobody entered, on USB.
    """

    __tablename__ = "battery_change"
    change_id: int | None = Field(default=None, primary_key=True)
    point_id: str = Field(foreign_key="point.point_id", index=True, max_length=40)
    device_id: str = Field(max_length=20)
    replaced_on: str = Field(max_length=10)
    replaced_by: str = Field(default="", max_length=60)
    said_at: datetime = Field(sa_type=UtcDateTime)
    said_by: str = Field(max_length=60)
