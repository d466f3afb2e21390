"""Shared content (a screen, a window): who may show it, and who may take another's place.

One at a time. The chair's point and the office may always; a point whose sound may be heard,
so whoever has the floor, and in a discussion everyone who is not muted. Nobody takes the place
of one who stands higher, and whose right has gone shows nothing any more.
"""

from enum import IntEnum

from contracts.floor import FloorState, audible
from contracts.ids import PointId


class ShareRight(IntEnum):
    """By what somebody may share; the higher counts."""

    NONE = 0
    FLOOR = 1
    OFFICE = 2


def right_of_point(
    point: PointId, floor: FloorState, *, chair: PointId, invited: frozenset[PointId]
) -> ShareRight:
    """Return by what a point may share now."""
    if point == chair:
        return ShareRight.OFFICE
    is_heard = point in audible(floor, chair=chair, invited=invited)
    return ShareRight.FLOOR if is_heard else ShareRight.NONE


def may_share(own: ShareRight, shown: ShareRight) -> bool:
    """Return whether one may share while another does by a right (NONE: nobody)."""
    return own is not ShareRight.NONE and own >= shown
