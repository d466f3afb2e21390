"""What the page of a chair or a secretary asks a relay to show in the small tiles of its grid."""

from typing import Annotated

from msgspec import Meta

from contracts.ids import SpeakerIdField
from contracts.message import Message

MAX_TILES = 25


class Tiles(Message, frozen=True):
    """One page of the grid: points and people, as the floor names them, in the order of the tiles.

    Tiles beyond them show nothing.
    """

    points: Annotated[tuple[SpeakerIdField, ...], Meta(max_length=MAX_TILES)]
