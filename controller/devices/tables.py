"""The switches, routers and power supplies that a point asks."""

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
