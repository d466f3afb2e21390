"""Judges the rows of a file of units and points as a whole, before anything is taken.

JSON: {"units": [{"unit_id", "parent_id", "name", "kind", "owner"}], "points":
[{"point_id", "number", "unit_id", "name", "owner"}]}. A table: a row of names first, with
`what` (unit or point) and the same names; cells that a row does not use stay empty.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contracts import numbers
from contracts.errors import MalformedNumber, MalformedText
from contracts.ids import ID_PATTERN, MAX_POINT_NUMBER
from contracts.text import called, line
from controller.places.place_file import BadPlaces, Row, shown

OWNERS = ("people_committee", "party", "council")
MAX_NAME_CHARS, MAX_KIND_CHARS = 120, 40
MAX_POSITION = 100_000
# Province, district, commune, village: four are usual. Pages go down by recursion.
MAX_DEPTH = 16
_NOTHING: Mapping[str, str | None] = {}
_ID = re.compile(ID_PATTERN)
_NO_ID_CHAR = re.compile(r"[^a-z0-9-]")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the file says; those of one position stand by their names."""

    unit_id: str
    parent_id: str | None
    name: str
    kind: str
    owner: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class PointRow:
    """A point as the file says; without a number it gets the next one."""

    point_id: str
    number: int | None
    unit_id: str
    name: str
    owner: str


@dataclass(frozen=True, slots=True)
class Places:
    """A whole file; parents come before their children."""

    units: tuple[UnitRow, ...]
    points: tuple[PointRow, ...]


def judged(rows: Iterable[Row], *, known_units: Mapping[str, str | None] = _NOTHING) -> Places:
    """Return a file's units and points.

    Args:
        known_units: what exists already and may be a parent, each with its own parent.

    Raises:
        BadPlaces: something is wrong; the row, the field and what it is are said.
    """
    units, points = [], []
    for row in rows:
        if row.what == "unit":
            units.append((row.place, _unit(row)))
        elif row.what == "point":
            points.append((row.place, _point(row)))
        else:
            raise BadPlaces(row.place, f"what is “{shown(row.what)}”, expected unit or point")
    ordered = _parents_first(units, known_units)
    parents = {**known_units, **{unit.unit_id: unit.parent_id for unit in ordered}}
    places = {unit.unit_id: place for place, unit in units}
    for unit_id in parents:
        if depth_of(unit_id, parents) > MAX_DEPTH:
            raise BadPlaces(
                places.get(unit_id, "the file"),
                f"unit {unit_id} would lie in itself, or below more than {MAX_DEPTH - 1} others",
            )
    _check_points(points, parents)
    return Places(tuple(ordered), tuple(point for _, point in points))


def depth_of(unit_id: str, parents: Mapping[str, str | None]) -> int:
    """Return how many units lead down to one, itself included; one too many where none ends."""
    depth, above = 1, parents.get(unit_id)
    while above is not None and depth <= MAX_DEPTH:
        depth, above = depth + 1, parents.get(above)
    return depth


def _unit(row: Row) -> UnitRow:
    return UnitRow(
        unit_id=_identifier(row, "unit_id"),
        parent_id=_identifier(row, "parent_id") if _text(row, "parent_id") else None,
        name=_line(row, "name", MAX_NAME_CHARS),
        kind=_line(row, "kind", MAX_KIND_CHARS, least=0),
        owner=_owner(row),
        position=_number(row, "position", least=0, most=MAX_POSITION) or 0,
    )


def _point(row: Row) -> PointRow:
    return PointRow(
        point_id=_identifier(row, "point_id"),
        number=_number(row, "number", least=1, most=MAX_POINT_NUMBER),
        unit_id=_identifier(row, "unit_id"),
        name=_line(row, "name", MAX_NAME_CHARS),
        owner=_owner(row),
    )


def _text(row: Row, key: str) -> str:
    value = row.cells.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadPlaces(row.place, f"{key} is {shown(value)}, expected text")
    return value.strip()


def _line(row: Row, key: str, most: int, *, least: int = 1) -> str:
    try:
        return line(_text(row, key), most=most, least=least)
    except MalformedText as exc:
        raise BadPlaces(row.place, f"{key} {exc.reason}") from exc


def _identifier(row: Row, key: str) -> str:
    value = _line(row, key, MAX_NAME_CHARS)
    if not _ID.fullmatch(value):
        wrong = _NO_ID_CHAR.search(value)
        where = f", not {called(wrong[0])} as character {wrong.start() + 1}" if wrong else ""
        raise BadPlaces(
            row.place,
            f"{key} is “{shown(value)}”, expected up to 40 lower-case letters, digits and "
            f"inner hyphens{where}",
        )
    if key == "point_id" and value.startswith(("centre-", "relay-")):
        raise BadPlaces(row.place, f"{key} may not begin with centre- or relay-")
    return value


def _owner(row: Row) -> str:
    value = _line(row, "owner", MAX_NAME_CHARS, least=0) or OWNERS[0]
    if value not in OWNERS:
        raise BadPlaces(
            row.place, f"owner is “{shown(value)}”, expected one of {', '.join(OWNERS)}"
        )
    return value


def _number(row: Row, key: str, *, least: int, most: int) -> int | None:
    value = row.cells.get(key)
    if value is None or value == "":
        return None
    text = str(value) if isinstance(value, int | float) else _line(row, key, MAX_NAME_CHARS)
    try:
        return numbers.typed_whole(text, least=least, most=most)
    except MalformedNumber as exc:
        reason = exc.reason if exc.readings else f"expected a whole number {least} to {most}"
        raise BadPlaces(row.place, f"{key} is “{shown(text)}”, {reason}") from exc


def _parents_first(
    units: list[tuple[str, UnitRow]], known: Mapping[str, str | None]
) -> list[UnitRow]:
    waiting: dict[str, tuple[str, UnitRow]] = {}
    for place, unit in units:
        if unit.unit_id in waiting:
            raise BadPlaces(place, f"unit {unit.unit_id} is there twice")
        waiting[unit.unit_id] = (place, unit)
    placed: dict[str, UnitRow] = {}
    for _ in range(MAX_DEPTH + 1):
        ready = [
            unit
            for _, unit in waiting.values()
            if unit.parent_id is None
            or unit.parent_id in placed
            or (unit.parent_id in known and unit.parent_id not in waiting)
        ]
        for unit in ready:
            placed[unit.unit_id] = unit
            del waiting[unit.unit_id]
    if waiting:
        place, unit = next(iter(waiting.values()))
        raise BadPlaces(
            place,
            f"unit {unit.unit_id}: its parents are unknown or form a circle, "
            f"or are more than {MAX_DEPTH - 1}",
        )
    return list(placed.values())


def _check_points(points: list[tuple[str, PointRow]], unit_ids: Mapping[str, str | None]) -> None:
    ids: set[str] = set()
    taken: set[int] = set()
    for place, point in points:
        if point.unit_id not in unit_ids:
            raise BadPlaces(place, f"unit {point.unit_id} of point {point.point_id} is unknown")
        if point.point_id in ids or point.number in taken:
            raise BadPlaces(place, f"point {point.point_id} or its number is there twice")
        ids.add(point.point_id)
        if point.number is not None:
            taken.add(point.number)
