"""A camera's sizes: what a slot wishes to show, what a line lets it, and what there is.

    high    what the camera gives, as large as [source] says     stage, speaker, content
    low     a quarter of it each way, 100 kbit/s                 the tiles of a grid

Who publishes one size sends a high one. A wish that cannot be had is met by the other size;
a limit is never passed: a slot whose line carries less than there is shows nothing.
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import Protocol, TypeVar


class Size(IntEnum):
    """How large; `NONE` is the limit of a line that carries no picture."""

    NONE = 0
    LOW = 1
    HIGH = 2


SENT = (Size.HIGH, Size.LOW)  # the encodings of a track, in their order
TILE = "tile-"


class Sized(Protocol):
    """An encoding, as far as it is chosen by."""

    @property
    def size(self) -> Size:
        """Which of its camera's sizes it is."""


E = TypeVar("E", bound=Sized)


def affordable(wanted: frozenset[Size], *, is_one: bool) -> frozenset[Size]:
    """Return what a camera is sent in. `is_one`: the line affords one size at a time."""
    return wanted - {Size.LOW} if is_one and Size.HIGH in wanted else wanted


def wish_of(slot: str) -> Size:
    """Return the size that a slot is made for."""
    return Size.LOW if slot.startswith(TILE) else Size.HIGH


def encoding_for(encodings: Iterable[E], wish: Size, limit: Size = Size.HIGH) -> E | None:
    """Return which of a track's encodings a slot shows; None: none of them may be.

    Args:
        encodings: those that can be had now.
        limit: the largest that the subscriber's line carries for this slot.
    """
    found: E | None = None
    for one in encodings:
        size = one.size
        is_better = found is None or found.size < size <= wish or size < found.size > wish
        if is_better and size <= limit:
            found = one
    return found
