"""What a browser says of the pictures and sounds that it plays: to the room, or to a relay.

A relay answers with what it holds back of them, and by whose doing.
"""

from typing import Annotated, ClassVar

from msgspec import Meta

from contracts.message import WITHOUT_NUL, Message, Milliseconds, Part, Pixels, Ratio
from contracts.relay import RungName

MAX_SLOTS = 16
MAX_WITHHELD = 64
# Of ten seconds; a page that slept tells of a few minutes.
Decoded = Annotated[int, Meta(ge=0, le=100_000)]
SlotName = Annotated[str, Meta(max_length=16, pattern=WITHOUT_NUL)]


class SlotPlayed(Part, frozen=True):
    """One slot over the last seconds; None: not known, or of the other kind.

    `frozen_ratio`: the share of the time in which its picture stood still, `concealed_ratio`: of
    its sound, the share that was made up, where somebody spoke.
    """

    slot: SlotName
    decoded: Decoded | None = None
    frozen_ratio: Ratio | None = None
    height_px: Pixels | None = None
    concealed_ratio: Ratio | None = None
    buffer_ms: Milliseconds | None = None


class Played(Message, frozen=True):
    """All that a page plays, every ten seconds; a relay passes over what comes more often."""

    max_bytes: ClassVar[int] = 4096

    slots: Annotated[tuple[SlotPlayed, ...], Meta(max_length=MAX_SLOTS)] = ()


class Withheld(Message, frozen=True):
    """How much a player is sent of what there is, while that is less.

    `slots`: where it has no picture, although there is one. `is_by_load`: by the relay's load,
    not by the line.
    """

    rung: RungName
    is_by_load: bool = False
    slots: Annotated[tuple[SlotName, ...], Meta(max_length=MAX_WITHHELD)] = ()
