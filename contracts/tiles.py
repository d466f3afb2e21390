"""What the page of a chair or a secretary asks a relay to show in the small tiles of its grid."""

from typing import Annotated

from msgspec import Meta

from contracts.ids import PointIdField
from contracts.message import Message

MAX_TILES = 25


class Tiles(Message, frozen=True):
    """One page of the grid: the points in the order of the tiles; those beyond it show nothing."""

    points: Annotated[tuple[PointIdField, ...], Meta(max_length=MAX_TILES)]
