"""What was put where on the map by hand."""

from datetime import datetime

from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime


class MapMove(StateTable, table=True):
    """One move; the last of each node counts. `x` and `y` None: back to where it is put by itself.

    Both are fractions of the map, from its left and top.
    """

    __tablename__ = "map_move"
    move_id: int | None = Field(default=None, primary_key=True)
    node_key: str = Field(max_length=60, index=True)
    x: float | None = Field(default=None)
    y: float | None = Field(default=None)
    moved_at: datetime = Field(sa_type=UtcDateTime)
    moved_by: str = Field(max_length=60)
