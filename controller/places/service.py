"""Units and points: adding them, and what other subjects may read of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from contracts.ids import MAX_POINT_NUMBER, PointId
from controller import entered
from controller.db.engine import writing
from controller.entered import Label
from controller.errors import BadRequest, Conflict, NotFound, PlaceImportError
from controller.places import place_file, place_import, place_queries
from controller.places.place_file import BadPlaces, bad_file
from controller.places.place_import import PointRow
from controller.places.place_queries import (
    clear_certificate,
    place_name,
    point,
    points,
    points_by_id,
    points_not_ended,
    set_certificate,
    unit,
    unit_names,
    units,
    units_above,
    units_over,
)
from controller.places.tables import Point, Unit
from controller.places.tree import Branch, branches

__all__ = [
    "Imported",
    "PlacesNow",
    "Point",
    "Unit",
    "add_point",
    "add_unit",
    "as_of",
    "clear_certificate",
    "identifier",
    "import_file",
    "place_name",
    "point",
    "points",
    "points_by_id",
    "points_not_ended",
    "set_certificate",
    "unit",
    "unit_names",
    "units",
    "units_above",
    "units_over",
]

_NAMES = {
    "name": (Label("Tên", "The name"), place_import.MAX_NAME_CHARS, 1),
    "kind": (Label("Loại đơn vị", "The unit's kind"), place_import.MAX_KIND_CHARS, 0),
}


def identifier(point: Point) -> PointId:
    """Return a point's id as its own type."""
    return PointId(point.point_id)


@dataclass(frozen=True, slots=True)
class PlacesNow:
    """The tree as it stands now."""

    units: Sequence[Unit]
    points: Sequence[Point]
    tree: Sequence[Branch]

    @property
    def name(self) -> str:
        """What the installation is for: the name of the tree's top."""
        return self.tree[0].unit.name if self.tree else ""

    @property
    def point_names(self) -> dict[str, str]:
        """Names of points by id."""
        return {point.point_id: point.name for point in self.points}


def as_of(session: Session, now: datetime) -> PlacesNow:
    """Return the units and points that are valid now."""
    found = place_queries.units(session, at=now)
    ours = place_queries.points(session, at=now)
    return PlacesNow(found, ours, branches(found, ours))


def add_unit(engine: Engine, fields: dict[str, Any], *, now: datetime) -> Unit:
    """Add a unit with validated fields, valid from now on.

    Raises:
        BadEntry: its name or kind is none.
        NotFound: there is no such parent.
        BadRequest: it would lie too deep.
        Conflict: there is such a unit already.
    """
    unit = Unit(**_plain(fields), valid_from=now)
    with writing(engine) as session:
        if unit.parent_id is not None:
            _check_parent(session, unit.parent_id)
        if session.get(Unit, unit.unit_id) is not None:
            raise _taken("unit_id", "Mã đơn vị")
        session.add(unit)
    return unit


def _check_parent(session: Session, unit_id: str) -> None:
    parents = {one.unit_id: one.parent_id for one in session.exec(select(Unit))}
    if unit_id not in parents:
        raise NotFound("đơn vị cấp trên", "parent unit")
    if place_import.depth_of(unit_id, parents) >= place_import.MAX_DEPTH:
        raise BadRequest(
            "too_deep",
            f"Đơn vị chỉ được nằm sâu tối đa {place_import.MAX_DEPTH} cấp.",
            f"Units lie at most {place_import.MAX_DEPTH} deep.",
        )


def add_point(engine: Engine, fields: dict[str, Any], *, now: datetime) -> Point:
    """Add a point with validated fields, valid from now on; its number may be left open.

    Raises:
        BadEntry: its name is none.
        NotFound: there is no such unit.
        Conflict: the id or the number is taken.
        BadRequest: the id is kept for the centre's own services.
    """
    values = _plain(fields)
    if values["point_id"].startswith(place_import.RESERVED_PREFIXES):
        raise BadRequest(
            "reserved_id",
            "Mã điểm cầu không được bắt đầu bằng centre-, relay- hoặc recorder-.",
            "A point's id may not begin with centre-, relay- or recorder-.",
        )
    with writing(engine) as session:
        if session.get(Unit, values["unit_id"]) is None:
            raise NotFound("đơn vị", "unit")
        if session.get(Point, values["point_id"]) is not None:
            raise _taken("point_id", "Mã điểm cầu")
        number = values.get("number") or place_queries.next_number(session)
        if number > MAX_POINT_NUMBER:
            raise _no_number()
        point = Point(**{**values, "number": number}, valid_from=now)
        session.add(point)
        try:
            session.flush()
        except IntegrityError as exc:
            raise _taken("number", "Số điểm cầu") from exc
    return point


def change_point(engine: Engine, point_id: str, fields: dict[str, Any], *, now: datetime) -> Point:
    """Change what is said of a point: its name, unit, contract; its number and its past stay.

    Raises:
        BadEntry: the name is none.
        NotFound: there is no such point or unit.
    """
    values = _plain(fields)
    with writing(engine) as session:
        point = place_queries.point(session, point_id, at=now)
        if point is None:
            raise NotFound("điểm cầu", "point")
        if session.get(Unit, values["unit_id"]) is None:
            raise NotFound("đơn vị", "unit")
        for name, value in values.items():
            setattr(point, name, value)
        session.add(point)
    return point


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows were added and how many changed."""

    read_as: str
    units_added: int
    units_changed: int
    points_added: int
    points_changed: int


def import_file(engine: Engine, content: bytes, *, now: datetime) -> Imported:
    """Take over a file of units and points in one transaction: add new ones, change known ones.

    Raises:
        PlaceImportError: something is wrong with it; nothing was changed.
    """
    with writing(engine) as session:
        known = {unit.unit_id: unit for unit in session.exec(select(Unit))}
        try:
            file = place_file.opened(content)
            read = place_import.judged(
                file.rows, known_units={one.unit_id: one.parent_id for one in known.values()}
            )
        except BadPlaces as exc:
            raise PlaceImportError(str(exc)) from exc
        for row in read.units:
            unit = known.get(row.unit_id) or Unit(
                unit_id=row.unit_id, valid_from=now, name="", owner=""
            )
            unit.parent_id, unit.name, unit.kind = row.parent_id, row.name, row.kind
            unit.owner, unit.position = row.owner, row.position
            session.add(unit)
            session.flush()
        points = {point.point_id: point for point in session.exec(select(Point))}
        _take_points(session, read.points, points, now)
        try:
            session.flush()
        except IntegrityError as exc:
            taken = bad_file(
                "số của một điểm cầu đã thuộc điểm cầu khác",
                "a point's number is taken by another point",
            )
            raise PlaceImportError(str(taken)) from exc
        new_units = sum(row.unit_id not in known for row in read.units)
        new_points = sum(row.point_id not in points for row in read.points)
    return Imported(
        file.read_as,
        new_units,
        len(read.units) - new_units,
        new_points,
        len(read.points) - new_points,
    )


def _take_points(
    session: Session, rows: tuple[PointRow, ...], known: dict[str, Point], now: datetime
) -> None:
    number = place_queries.next_number(session)
    number = max([number, *(row.number + 1 for row in rows if row.number is not None)])
    for row in rows:
        point = known.get(row.point_id) or Point(
            point_id=row.point_id, unit_id=row.unit_id, number=0, valid_from=now, name="", owner=""
        )
        if row.number is not None:
            point.number = row.number
        elif point.number == 0:
            point.number, number = number, number + 1
        if point.number > MAX_POINT_NUMBER:
            refused = _no_number()
            raise PlaceImportError(
                f"Điểm cầu {row.point_id}: {refused.message_vi} / "
                f"point {row.point_id}: {refused.message_en}"
            )
        point.unit_id, point.name, point.owner = row.unit_id, row.name, row.owner
        if row.coordinates is not None:  # a file without them takes none away
            point.latitude, point.longitude = row.coordinates
        session.add(point)


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: _as_kept(name, value) for name, value in fields.items()}


def _as_kept(name: str, value: object) -> object:
    if name in _NAMES:
        label, most, least = _NAMES[name]
        return entered.line(label, str(value), most=most, least=least)
    return value.value if isinstance(value, Enum) else value


def _no_number() -> BadRequest:
    return BadRequest(
        "no_number",
        f"Có điểm cầu mang số {MAX_POINT_NUMBER}, số lớn nhất: nhập số cho điểm cầu này.",
        f"A point has the highest number, {MAX_POINT_NUMBER}: give this one a number.",
    )


def _taken(field: str, what_vi: str) -> Conflict:
    return Conflict("taken", f"{what_vi} này đã có.", f"This {field} is taken.")
