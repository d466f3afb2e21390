"""Where things stand on the map: each in a cell of its own, north up, nothing over another."""

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.province_map import layout
from controller.province_map.layout import APART, Spot

ROOM = Spot(160, 40)


@pytest.mark.parametrize("is_tall", [False, True])
@pytest.mark.parametrize("count", [1, 2, 8, 9, 30, 31, 148, 333, 3321])
def test_each_has_a_cell_of_its_own_and_none_is_the_centre(count: int, is_tall: bool) -> None:
    grid = layout.grid_of(count, is_tall=is_tall)
    spots = layout.placed([str(n) for n in range(count)], grid, {})
    assert len({*spots.values(), grid.centre}) == count + 1
    assert all(0 < one.x < grid.width and 0 < one.y < grid.height for one in spots.values())
    assert grid.columns % 2 == 1
    assert grid.centre.x == pytest.approx(grid.width / 2)


def test_what_is_put_by_hand_stands_there_and_no_other_moves() -> None:
    grid = layout.grid_of(17, is_tall=False)
    keys = [str(n) for n in range(17)]
    own = layout.placed(keys, grid, {})
    moved = layout.placed(keys, grid, {"3": (0.125, 0.75), "gone": (0.5, 0.5)})
    assert moved == own | {"3": Spot(0.125 * grid.width, 0.75 * grid.height)}


@pytest.mark.parametrize(
    ("most", "columns", "pitch"), [(1, 5, 48), (10, 5, 48), (11, 6, 42), (300, 28, 9)]
)
def test_marks_are_as_large_as_their_room_lets_them(most: int, columns: int, pitch: int) -> None:
    assert layout.block(most, 255, 105) == (columns, pitch)


PLACES = st.tuples(st.floats(8.5, 23.4), st.floats(102.1, 109.5))


@given(st.lists(PLACES, max_size=40), st.booleans())
def test_by_coordinates_nothing_covers_another(
    places: list[tuple[float, float]], is_tall: bool
) -> None:
    known = {str(n): place for n, place in enumerate(places)}
    spots, centre, width, height = layout.by_coordinates(
        known, ["x", "y"], is_tall=is_tall, room=ROOM
    )
    assert all(math.isfinite(one.x) and math.isfinite(one.y) for one in (*spots.values(), centre))
    assert all(one.y <= height for one in (spots["x"], spots["y"]))
    points = [spots[key] for key in known]
    assert all(
        abs(one.x - other.x) >= APART or abs(one.y - other.y) >= APART
        for one, other in combinations(points, 2)
    )
    assert width > 0


def test_north_is_up_and_east_is_right() -> None:
    known = {"n": (22.0, 104.0), "s": (21.0, 104.0), "e": (21.5, 105.0)}
    spots, *_ = layout.by_coordinates(known, [], is_tall=False, room=ROOM)
    assert spots["n"].y < spots["e"].y < spots["s"].y
    assert spots["e"].x > spots["n"].x == spots["s"].x
    far = [math.dist((a.x, a.y), (b.x, b.y)) for a, b in combinations(spots.values(), 2)]
    assert far[0] == pytest.approx(far[1] / math.hypot(0.5, math.cos(math.radians(21.5))), rel=0.1)
