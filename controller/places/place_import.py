"""Reads a file of units and points: JSON or CSV, checked as a whole before anything is taken.

JSON: {"units": [{"unit_id", "parent_id", "name", "kind", "owner"}], "points":
[{"point_id", "number", "unit_id", "name", "owner"}]}. CSV: a header line with
`what` (unit or point) and the same names; cells that a row does not use stay empty.
"""

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from contracts.ids import ID_PATTERN

OWNERS = ("people_committee", "party", "council")
MAX_ROWS = 20_000
_ID = re.compile(ID_PATTERN)


class BadPlaces(Exception):
    """A file that cannot be taken over; `line` is the row, counted from 1."""

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(f"row {line}: {reason}")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the file says."""

    unit_id: str
    parent_id: str | None
    name: str
    kind: str
    owner: str


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


def parsed(text: str, *, known_units: frozenset[str] = frozenset()) -> Places:
    """Return a file's units and points.

    Args:
        known_units: ids that exist already and may be parents.

    Raises:
        BadPlaces: something is wrong; the row and what it is are said.
    """
    rows = _rows_of_json(text) if text.lstrip().startswith("{") else _rows_of_csv(text)
    if len(rows) > MAX_ROWS:
        raise BadPlaces(MAX_ROWS, f"more than {MAX_ROWS} rows")
    units, points = [], []
    for line, (what, row) in enumerate(rows, start=1):
        if what == "unit":
            units.append((line, _unit(line, row)))
        elif what == "point":
            points.append((line, _point(line, row)))
        else:
            raise BadPlaces(line, f"`what` is {what!r}, expected unit or point")
    ordered = _parents_first(units, known_units)
    unit_ids = known_units | {unit.unit_id for unit in ordered}
    _check_points(points, unit_ids)
    return Places(tuple(ordered), tuple(point for _, point in points))


def _rows_of_json(text: str) -> list[tuple[str, Mapping[str, object]]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise BadPlaces(1, f"not JSON: {exc}") from exc
    rows: list[tuple[str, Mapping[str, object]]] = []
    for what, key in (("unit", "units"), ("point", "points")):
        entries = document.get(key, [])
        if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
            raise BadPlaces(1, f"{key!r} must be a list of objects")
        rows += [(what, entry) for entry in entries]
    return rows


def _rows_of_csv(text: str) -> list[tuple[str, Mapping[str, object]]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        return [((row.pop("what", "") or "").strip(), row) for row in reader]
    except csv.Error as exc:
        raise BadPlaces(reader.line_num, f"not CSV: {exc}") from exc


def _unit(line: int, row: Mapping[str, object]) -> UnitRow:
    return UnitRow(
        unit_id=_identifier(line, row, "unit_id"),
        parent_id=_identifier(line, row, "parent_id") if row.get("parent_id") else None,
        name=_text(line, row, "name", 120),
        kind=str(row.get("kind") or "")[:40],
        owner=_owner(line, row),
    )


def _point(line: int, row: Mapping[str, object]) -> PointRow:
    return PointRow(
        point_id=_identifier(line, row, "point_id"),
        number=_number(line, row),
        unit_id=_identifier(line, row, "unit_id"),
        name=_text(line, row, "name", 120),
        owner=_owner(line, row),
    )


def _identifier(line: int, row: Mapping[str, object], key: str) -> str:
    value = str(row.get(key) or "").strip()
    if not _ID.fullmatch(value):
        raise BadPlaces(
            line, f"{key} is {value[:60]!r}, expected lower-case letters, digits and hyphens"
        )
    if key == "point_id" and value.startswith(("centre-", "relay-")):
        raise BadPlaces(line, f"{key} may not begin with centre- or relay-")
    return value


def _text(line: int, row: Mapping[str, object], key: str, limit: int) -> str:
    value = str(row.get(key) or "").strip()
    if not 1 <= len(value) <= limit or not value.isprintable():
        raise BadPlaces(line, f"{key} must have 1 to {limit} printable characters")
    return value


def _owner(line: int, row: Mapping[str, object]) -> str:
    value = str(row.get("owner") or OWNERS[0]).strip()
    if value not in OWNERS:
        raise BadPlaces(line, f"owner is {value[:60]!r}, expected one of {', '.join(OWNERS)}")
    return value


def _number(line: int, row: Mapping[str, object]) -> int | None:
    value = row.get("number")
    if value is None or value == "":
        return None
    text = str(value).strip()
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 65_535):
        raise BadPlaces(line, f"number is {text[:20]!r}, expected 1 to 65535")
    return int(text)


def _parents_first(units: list[tuple[int, UnitRow]], known: frozenset[str]) -> list[UnitRow]:
    waiting: dict[str, tuple[int, UnitRow]] = {}
    for line, unit in units:
        if unit.unit_id in waiting:
            raise BadPlaces(line, f"unit {unit.unit_id} is there twice")
        waiting[unit.unit_id] = (line, unit)
    placed: dict[str, UnitRow] = {}
    while waiting:
        ready = [
            unit
            for _, unit in waiting.values()
            if unit.parent_id is None
            or unit.parent_id in placed
            or (unit.parent_id in known and unit.parent_id not in waiting)
        ]
        if not ready:
            line, unit = next(iter(waiting.values()))
            raise BadPlaces(line, f"unit {unit.unit_id}: its parents are unknown or form a circle")
        for unit in ready:
            placed[unit.unit_id] = unit
            del waiting[unit.unit_id]
    return list(placed.values())


def _check_points(points: list[tuple[int, PointRow]], unit_ids: frozenset[str]) -> None:
    ids: set[str] = set()
    numbers: set[int] = set()
    for line, point in points:
        if point.unit_id not in unit_ids:
            raise BadPlaces(line, f"unit {point.unit_id} of point {point.point_id} is unknown")
        if point.point_id in ids or point.number in numbers:
            raise BadPlaces(line, f"point {point.point_id} or its number is there twice")
        ids.add(point.point_id)
        if point.number is not None:
            numbers.add(point.number)
