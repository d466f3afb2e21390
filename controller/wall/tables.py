"""Screens on walls, which show the wall view without anybody's password."""

from datetime import datetime

from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class WallScreen(StateTable, table=True):
    """A screen; of its link's secret and of its browser's only the hash is kept.

    `browser_sha256` is of the one browser that shows the wall by it, the last to open the link.
    """

    __tablename__ = "wall_screen"
    screen_id: str = Field(primary_key=True, max_length=20)
    name: str = Field(max_length=60)
    secret_sha256: str = Field(max_length=64)
    made_by: str = Field(max_length=60)
    made_at: datetime = Field(sa_type=UtcDateTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    browser_sha256: str | None = Field(default=None, max_length=64)
