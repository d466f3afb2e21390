"""Where everything stands on the map: in rows about the centre, by hand, or by coordinates. Pure.

A map is a grid of cells in the order of the tree's names, the middle one the centre's; nothing
here knows a state, so that what goes wrong moves nothing. A place set by hand is a fraction of
the plane, from its left and top, and holds on a wide screen and on a phone's.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

WIDE, TALL = 1600.0, 760.0
_HEIGHT, _HIGHEST_CELL = 900.0, 240.0
# Smaller cells would hold no name: the map grows downwards instead.
_MOST_COLUMNS, _LOWEST_CELL = 11, 88.0
_TALL_COLUMNS = ((30, 3, 190.0), (100_000, 5, 128.0))
"""Up to how many stand in so many columns, and how high their cells are."""
GAP = 20.0
MARK, LEAST_MARK = 48.0, 8.0
# On a map by coordinates: how far two points stand from each other at least.
APART, _MARGIN = 40.0, 60.0
_DEGREES_LEAST = 0.02


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the plane, in its units."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Grid:
    """The plane and its cells."""

    columns: int
    rows: int
    width: float
    height: float

    @property
    def cell_width(self) -> float:
        """How wide each cell is."""
        return self.width / self.columns

    @property
    def cell_height(self) -> float:
        """How high each cell is."""
        return self.height / self.rows

    @property
    def centre(self) -> Spot:
        """The middle cell's middle."""
        return self._middle((self.rows - 1) // 2 * self.columns + self.columns // 2)

    def spots(self) -> Iterator[Spot]:
        """Give the middles of all other cells, row by row."""
        middle = (self.rows - 1) // 2 * self.columns + self.columns // 2
        return (self._middle(n) for n in range(self.rows * self.columns) if n != middle)

    def _middle(self, number: int) -> Spot:
        row, column = divmod(number, self.columns)
        return Spot((column + 0.5) * self.cell_width, (row + 0.5) * self.cell_height)


def grid_of(count: int, *, is_tall: bool) -> Grid:
    """Return the grid for so many beside the centre; its columns are odd: it has a middle."""
    if is_tall:
        columns, cell = next((c, cell) for most, c, cell in _TALL_COLUMNS if count <= most)
        rows = math.ceil((count + 1) / columns)
        return Grid(columns, rows, TALL, rows * cell)
    columns = max(3, math.ceil(math.sqrt((count + 1) * 1.1)))
    columns = min(columns + 1 - columns % 2, _MOST_COLUMNS)
    rows = math.ceil((count + 1) / columns)
    cell = min(_HIGHEST_CELL, max(_LOWEST_CELL, _HEIGHT / rows))
    return Grid(columns, rows, WIDE, rows * cell)


def placed(
    keys: Sequence[str], grid: Grid, by_hand: Mapping[str, tuple[float, float]]
) -> dict[str, Spot]:
    """Return where each stands: in its own cell, or where it was put by hand."""
    found = dict(zip(keys, grid.spots(), strict=False))
    for key, (x, y) in by_hand.items():
        if key in found:
            found[key] = Spot(x * grid.width, y * grid.height)
    return found


def block(most: int, width: float, height: float) -> tuple[int, float]:
    """Return in how many columns so many marks stand in a room, and how far apart."""
    pitch = MARK
    while pitch > LEAST_MARK and int(width // pitch) * int(height // pitch) < most:
        pitch -= 1
    return max(1, int(width // pitch)), pitch


def by_coordinates(
    known: Mapping[str, tuple[float, float]], unknown: Sequence[str], *, is_tall: bool, room: Spot
) -> tuple[dict[str, Spot], Spot, float, float]:
    """Return where points stand by latitude and longitude, where the centre does, width and height.

    North is up and distances are true to each other. Where two would cover each other, the later
    one stands beside the first; those without coordinates stand below in rows.

    Args:
        room: how much the centre takes, amid all the others.
    """
    width = TALL if is_tall else WIDE
    least, most, per_degree, height = _fitted(list(known.values()), width, is_tall=is_tall)
    squeeze = math.cos(math.radians((least[0] + most[0]) / 2))
    middle = (least[0] + most[0]) / 2, (least[1] + most[1]) / 2
    true = {
        key: Spot(
            width / 2 + (longitude - middle[1]) * squeeze * per_degree,
            height / 2 - (latitude - middle[0]) * per_degree,
        )
        for key, (latitude, longitude) in known.items()
    }
    count = max(1, len(true))
    centre = Spot(
        sum(one.x for one in true.values()) / count if true else width / 2,
        sum(one.y for one in true.values()) / count if true else height / 2,
    )
    taken = {
        (round(centre.x / APART) + column, round(centre.y / APART) + row)
        for column in range(-math.ceil(room.x / 2 / APART), math.ceil(room.x / 2 / APART) + 1)
        for row in range(-math.ceil(room.y / 2 / APART), math.ceil(room.y / 2 / APART) + 1)
    }
    found = {key: _free(one.x, one.y, taken) for key, one in true.items()}
    a_row = int((width - 2 * _MARGIN) // APART)
    for number, key in enumerate(unknown):
        row, column = divmod(number, a_row)
        found[key] = Spot(_MARGIN + column * APART, height + (row + 0.5) * APART)
    return found, centre, width, height + math.ceil(len(unknown) / a_row) * APART


def _fitted(
    places: Sequence[tuple[float, float]], width: float, *, is_tall: bool
) -> tuple[tuple[float, float], tuple[float, float], float, float]:
    """Return the least and the most of both, units of the plane a degree, and the height."""
    highest = 1.5 * TALL if is_tall else _HEIGHT
    latitudes = [one for one, _ in places] or [0.0]
    longitudes = [one for _, one in places] or [0.0]
    least, most = (min(latitudes), min(longitudes)), (max(latitudes), max(longitudes))
    squeeze = math.cos(math.radians((least[0] + most[0]) / 2))
    across = max(_DEGREES_LEAST, (most[1] - least[1]) * squeeze)
    down = max(_DEGREES_LEAST, most[0] - least[0])
    per_degree = min((width - 2 * _MARGIN) / across, (highest - 2 * _MARGIN) / down)
    return least, most, per_degree, down * per_degree + 2 * _MARGIN


def _free(x: float, y: float, taken: set[tuple[int, int]]) -> Spot:
    """Return the free place that is nearest, and take it."""
    column, row = round(x / APART), round(y / APART)
    for ring in range(100):
        for there in _ring(column, row, ring):
            if there not in taken:
                taken.add(there)
                return Spot(there[0] * APART, there[1] * APART)
    return Spot(x, y)


def _ring(column: int, row: int, ring: int) -> Iterator[tuple[int, int]]:
    if ring == 0:
        yield column, row
        return
    for step in range(-ring, ring + 1):
        yield column + step, row - ring
        yield column + step, row + ring
        if abs(step) < ring:
            yield column - ring, row + step
            yield column + ring, row + step
