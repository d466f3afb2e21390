"""Judges the rows of a file of units and points as a whole, before anything is taken.

JSON: {"units": [{"unit_id", "parent_id", "name", "kind", "owner"}], "points":
[{"point_id", "number", "unit_id", "name", "owner"}]}. A table: a row of names first, with
`what` (unit or point) and the same names; cells that a row does not use stay empty.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from contracts import numbers
from contracts.errors import MalformedNumber, MalformedText
from contracts.ids import ID_PATTERN, MAX_POINT_NUMBER, RECORDER_PREFIX, RELAY_PREFIX
from contracts.text import called, line
from controller.entered import said_vi
from controller.errors import BadEntry
from controller.places import coordinates
from controller.places.place_file import BadPlaces, Mistake, Row, shown
from controller.places.timeline import MAX_DEPTH

# Names of the centre's own services, which are certificates of the same authority.
RESERVED_PREFIXES = ("centre-", RELAY_PREFIX, RECORDER_PREFIX)
OWNERS = ("people_committee", "party", "council")
MAX_NAME_CHARS, MAX_KIND_CHARS = 120, 40
MAX_POSITION = 100_000
# As many mistakes as a person corrects before they try again.
MAX_PROBLEMS = 50
T = TypeVar("T")
_NOTHING: Mapping[str, str | None] = {}
_ID = re.compile(ID_PATTERN)
_NO_ID_CHAR = re.compile(r"[^a-z0-9-]")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the file says at `place`; those of one position stand by their names."""

    unit_id: str
    parent_id: str | None
    name: str
    kind: str
    owner: str
    position: int = 0
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class PointRow:
    """A point as the file says at `place`; without a number it gets the next one."""

    point_id: str
    number: int | None
    unit_id: str
    name: str
    owner: str
    coordinates: tuple[float, float] | None = None
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Places:
    """A whole file; parents come before their children."""

    units: tuple[UnitRow, ...]
    points: tuple[PointRow, ...]


class _Judge:
    """Reads cells and remembers what is wrong with them, so that all is told at once."""

    def __init__(self) -> None:
        self.problems: list[Mistake] = []

    def add(self, place: str, vi: str, en: str) -> None:
        """Note what is wrong with a row; those beyond the limit are not told."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Mistake(place, vi, en))

    def cell(self, read: Callable[[], T], instead: T) -> T:
        """Return what a cell says; where it is wrong that is noted."""
        try:
            return read()
        except BadPlaces as exc:
            for one in exc.problems:
                self.add(one.place, one.vi, one.en)
            return instead


def judged(rows: Iterable[Row], *, known_units: Mapping[str, str | None] = _NOTHING) -> Places:
    """Return a file's units and points.

    Args:
        known_units: what exists already and may be a parent, each with its own parent.

    Raises:
        BadPlaces: something is wrong; of each mistake the row, the field and what it is are said.
    """
    judge = _Judge()
    units: list[tuple[str, UnitRow]] = []
    points: list[tuple[str, PointRow]] = []
    is_whole = True
    for row in rows:
        if row.what == "unit":
            units.append((row.place, _unit(judge, row)))
        elif row.what == "point":
            points.append((row.place, _point(judge, row)))
        else:
            is_whole, what = False, shown(row.what)
            judge.add(
                row.place,
                f"cột what ghi “{what}”, phải là unit hoặc point",
                f"what is “{what}”, expected unit or point",
            )
    ordered: list[UnitRow] = []
    if is_whole:  # else many would be said to lack what is there, misspelt
        ordered = _parents_first(judge, [one for one in units if one[1].unit_id], known_units)
        parents = {**known_units, **{unit.unit_id: unit.parent_id for unit in ordered}}
        _check_depths(judge, {unit.unit_id: place for place, unit in units}, parents)
        parents |= {unit.unit_id: None for _, unit in units}
        _check_points(judge, points, parents)
    if judge.problems:
        raise BadPlaces(*judge.problems)
    return Places(tuple(ordered), tuple(point for _, point in points))


def _check_depths(
    judge: _Judge, places: Mapping[str, str], parents: Mapping[str, str | None]
) -> None:
    for unit_id in parents:
        if depth_of(unit_id, parents) > MAX_DEPTH:
            judge.add(
                places.get(unit_id, "the file"),
                f"đơn vị {unit_id} nằm trong chính nó, hoặc dưới hơn {MAX_DEPTH - 1} cấp",
                f"unit {unit_id} would lie in itself, or below more than {MAX_DEPTH - 1} others",
            )


def depth_of(unit_id: str, parents: Mapping[str, str | None]) -> int:
    """Return how many units lead down to one, itself included; one too many where none ends."""
    depth, above = 1, parents.get(unit_id)
    while above is not None and depth <= MAX_DEPTH:
        depth, above = depth + 1, parents.get(above)
    return depth


def _unit(judge: _Judge, row: Row) -> UnitRow:
    has_parent = bool(judge.cell(lambda: _text(row, "parent_id"), ""))
    return UnitRow(
        unit_id=judge.cell(lambda: _identifier(row, "unit_id"), ""),
        parent_id=judge.cell(lambda: _identifier(row, "parent_id"), None) if has_parent else None,
        name=judge.cell(lambda: _line(row, "name", MAX_NAME_CHARS), ""),
        kind=judge.cell(lambda: _line(row, "kind", MAX_KIND_CHARS, least=0), ""),
        owner=judge.cell(lambda: _owner(row), ""),
        position=judge.cell(lambda: _number(row, "position", least=0, most=MAX_POSITION), None)
        or 0,
        place=row.place,
    )


def _point(judge: _Judge, row: Row) -> PointRow:
    return PointRow(
        point_id=judge.cell(lambda: _identifier(row, "point_id"), ""),
        number=judge.cell(lambda: _number(row, "number", least=1, most=MAX_POINT_NUMBER), None),
        unit_id=judge.cell(lambda: _identifier(row, "unit_id"), ""),
        name=judge.cell(lambda: _line(row, "name", MAX_NAME_CHARS), ""),
        owner=judge.cell(lambda: _owner(row), ""),
        coordinates=judge.cell(lambda: _coordinates(row), None),
        place=row.place,
    )


def _coordinates(row: Row) -> tuple[float, float] | None:
    try:
        found = coordinates.typed(*(str(row.cells.get(key) or "") for key in coordinates.KEYS))
    except BadEntry as exc:
        raise BadPlaces(Mistake(row.place, exc.message_vi, exc.message_en)) from exc
    latitude, longitude = found
    return None if latitude is None or longitude is None else (latitude, longitude)


def _text(row: Row, key: str) -> str:
    value = row.cells.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _bad(
            row, key, f"ghi {shown(value)}, phải là chữ", f"is {shown(value)}, expected text"
        )
    return value.strip()


def _line(row: Row, key: str, most: int, *, least: int = 1) -> str:
    try:
        return line(_text(row, key), most=most, least=least)
    except MalformedText as exc:
        raise _bad(row, key, said_vi(exc), exc.reason) from exc


def _identifier(row: Row, key: str) -> str:
    value = _line(row, key, MAX_NAME_CHARS)
    if not _ID.fullmatch(value):
        wrong = _NO_ID_CHAR.search(value)
        where = f", not {called(wrong[0])} as character {wrong.start() + 1}" if wrong else ""
        where_vi = f", không phải {called(wrong[0])} ở ký tự {wrong.start() + 1}" if wrong else ""
        raise _bad(
            row,
            key,
            f"ghi “{shown(value)}”, phải có tối đa 40 chữ thường không dấu, chữ số và "
            f"gạch nối ở giữa{where_vi}",
            f"is “{shown(value)}”, expected up to 40 lower-case letters, digits and "
            f"inner hyphens{where}",
        )
    if key == "point_id" and value.startswith(RESERVED_PREFIXES):
        raise _bad(
            row,
            key,
            "không được bắt đầu bằng centre-, relay- hay recorder-",
            "may not begin with centre-, relay- or recorder-",
        )
    return value


def _owner(row: Row) -> str:
    value = _line(row, "owner", MAX_NAME_CHARS, least=0) or OWNERS[0]
    if value not in OWNERS:
        owners = ", ".join(OWNERS)
        raise _bad(
            row,
            "owner",
            f"ghi “{shown(value)}”, phải là một trong {owners}",
            f"is “{shown(value)}”, expected one of {owners}",
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
        en = exc.reason if exc.readings else f"expected a whole number {least} to {most}"
        vi = f"phải là số nguyên từ {least} đến {most}"
        if exc.readings:
            vi = f"là {exc.readings[0]} hay {exc.readings[1]}?"
        raise _bad(row, key, f"ghi “{shown(text)}”, {vi}", f"is “{shown(text)}”, {en}") from exc


def _bad(row: Row, key: str, vi: str, en: str) -> BadPlaces:
    return BadPlaces(Mistake(row.place, f"cột {key} {vi}", f"{key} {en}"))


def _parents_first(
    judge: _Judge, units: list[tuple[str, UnitRow]], known: Mapping[str, str | None]
) -> list[UnitRow]:
    waiting: dict[str, tuple[str, UnitRow]] = {}
    for place, unit in units:
        if unit.unit_id in waiting:
            judge.add(
                place,
                f"đơn vị {unit.unit_id} có hai lần",
                f"unit {unit.unit_id} is there twice",
            )
            continue
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
    for place, unit in waiting.values():
        judge.add(
            place,
            f"đơn vị {unit.unit_id}: đơn vị cấp trên không có, tạo thành vòng, "
            f"hoặc nhiều hơn {MAX_DEPTH - 1} cấp",
            f"unit {unit.unit_id}: its parents are unknown or form a circle, "
            f"or are more than {MAX_DEPTH - 1}",
        )
    return list(placed.values())


def _check_points(
    judge: _Judge, points: list[tuple[str, PointRow]], unit_ids: Mapping[str, str | None]
) -> None:
    ids: set[str] = set()
    taken: set[int] = set()
    for place, point in points:
        if point.unit_id and point.unit_id not in unit_ids:
            judge.add(
                place,
                f"không có đơn vị {point.unit_id} của điểm cầu {point.point_id}",
                f"unit {point.unit_id} of point {point.point_id} is unknown",
            )
        if (point.point_id and point.point_id in ids) or point.number in taken:
            judge.add(
                place,
                f"điểm cầu {point.point_id} hoặc số của nó có hai lần",
                f"point {point.point_id} or its number is there twice",
            )
        ids.add(point.point_id)
        if point.number is not None:
            taken.add(point.number)
