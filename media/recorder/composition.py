"""The one picture of a file to hand out: who speaks, and the chair small in the corner.

Which slot is large: the first of `LARGE` that has had a picture within the last two seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LARGE = ("content", "speaker", "stage")
FRESH_MS = 2_000
INSET_SHARE = 4  # of the height
INSET_MARGIN = 16
BLACK, GREY = 16, 128

Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which slots are shown; None: nothing."""

    large: str | None
    inset: str | None


def choose(shown_at_ms: Mapping[str, int], *, now_ms: int) -> Chosen:
    """Return what is shown, by when each slot last had a picture."""
    fresh = [
        slot for slot in LARGE if slot in shown_at_ms and now_ms - shown_at_ms[slot] <= FRESH_MS
    ]
    return Chosen(fresh[0] if fresh else None, fresh[1] if len(fresh) > 1 else None)


def fitted(width: int, height: int, *, into: tuple[int, int]) -> tuple[int, int]:
    """Return the largest even size of the same shape within another."""
    scale = min(into[0] / width, into[1] / height)
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


def blank(width: int, height: int) -> Planes:
    """Return a black picture, 4:2:0."""
    half = (height // 2, width // 2)
    return (
        np.full((height, width), BLACK, np.uint8),
        np.full(half, GREY, np.uint8),
        np.full(half, GREY, np.uint8),
    )


def put(canvas: Planes, picture: Planes, *, left: int, top: int) -> None:
    """Lay a picture onto the canvas; both corners are even."""
    for plane, part, shift in zip(canvas, picture, (0, 1, 1), strict=True):
        rows, columns = part.shape
        at_row, at_column = top >> shift, left >> shift
        plane[at_row : at_row + rows, at_column : at_column + columns] = part


def composed(large: Planes | None, inset: Planes | None, size: tuple[int, int]) -> Planes:
    """Return the picture: the large one in the middle, the inset below on the right."""
    width, height = size
    canvas = blank(width, height)
    if large is not None:
        rows, columns = large[0].shape
        put(canvas, large, left=(width - columns) // 4 * 2, top=(height - rows) // 4 * 2)
    if inset is not None:
        rows, columns = inset[0].shape
        left = (width - columns - INSET_MARGIN) // 2 * 2
        put(canvas, inset, left=left, top=(height - rows - INSET_MARGIN) // 2 * 2)
    return canvas
