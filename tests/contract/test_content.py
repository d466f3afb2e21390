"""Who may share content, and whose place he takes."""

import pytest

from contracts.content import ShareRight, may_share, right_of_point
from contracts.floor import FloorMode, FloorState
from contracts.ids import PointId

CHAIR, B, C = (PointId(f"p-{name}") for name in ("chair", "b", "c"))
INVITED = frozenset((CHAIR, B, C))
NONE, FLOOR, OFFICE = ShareRight


@pytest.mark.parametrize(
    ("floor", "point", "expected"),
    [
        (FloorState(epoch=1), CHAIR, OFFICE),
        (FloorState(epoch=1, muted=(CHAIR,)), CHAIR, OFFICE),
        (FloorState(epoch=1), B, NONE),
        (FloorState(epoch=1, holders=(B,)), B, FLOOR),
        (FloorState(epoch=1, holders=(B,)), C, NONE),
        (FloorState(epoch=1, mode=FloorMode.DISCUSSION), B, FLOOR),
        (FloorState(epoch=1, mode=FloorMode.DISCUSSION, muted=(B,)), B, NONE),
        (FloorState(epoch=1, mode=FloorMode.DISCUSSION), PointId("stranger"), NONE),
    ],
)
def test_the_floor_says_who_may(floor: FloorState, point: PointId, expected: ShareRight) -> None:
    assert right_of_point(point, floor, chair=CHAIR, invited=INVITED) is expected


@pytest.mark.parametrize(
    ("own", "shown", "expected"),
    [
        (NONE, NONE, False),
        (FLOOR, NONE, True),
        (OFFICE, NONE, True),
        (FLOOR, FLOOR, True),
        (FLOOR, OFFICE, False),
        (OFFICE, FLOOR, True),
        (OFFICE, OFFICE, True),
    ],
)
def test_nobody_takes_the_place_of_one_who_stands_higher(
    own: ShareRight, shown: ShareRight, expected: bool
) -> None:
    assert may_share(own, shown) is expected
