"""What a browser says of the pictures and sounds that it plays: to the room, or to a relay."""

from typing import Annotated, ClassVar

from msgspec import Meta

from contracts.message import WITHOUT_NUL, Count, Message, Milliseconds, Part, Pixels, Ratio

MAX_SLOTS = 16


class SlotPlayed(Part, frozen=True):
    """One slot over the last seconds; None: not known, or of the other kind.

    `frozen_ratio`: the share of the time in which its picture stood still, `concealed_ratio`: of
    its sound, the share that was made up, where somebody spoke.
    """

    slot: Annotated[str, Meta(max_length=16, pattern=WITHOUT_NUL)]
    decoded: Count | None = None
    frozen_ratio: Ratio | None = None
    height_px: Pixels | None = None
    concealed_ratio: Ratio | None = None
    buffer_ms: Milliseconds | None = None


class Played(Message, frozen=True):
    """All that a page plays, every ten seconds; a relay passes over what comes more often."""

    max_bytes: ClassVar[int] = 4096

    slots: Annotated[tuple[SlotPlayed, ...], Meta(max_length=MAX_SLOTS)] = ()
