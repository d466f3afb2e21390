"""Units and points: adding them, and what other subjects may read of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from contracts.ids import MAX_POINT_NUMBER, PointId
from contracts.local_days import day_of
from controller import entered
from controller.db.bounded import Bounds
from controller.db.engine import writing
from controller.entered import Label
from controller.errors import BadRequest, Conflict, NotFound
from controller.places import changing, place_import, place_queries, tree_store
from controller.places.importing import (
    LOOKED_THROUGH_FOR,
    Imported,
    forget_files,
    import_file,
)
from controller.places.place_queries import (
    clear_certificate,
    place_name,
    point,
    points,
    points_by_id,
    points_not_ended,
    set_certificate,
    successors,
    unit,
    unit_names,
    units,
    units_above,
    units_followed,
    units_of_points,
    units_over,
)
from controller.places.tables import Point, Unit
from controller.places.timeline import MAX_DEPTH, PointStands
from controller.places.tree import Branch, branches, within
from controller.places.tree_change import ChangeKind, TreeChange
from controller.web.scope import BranchScope

__all__ = [
    "LOOKED_THROUGH_FOR",
    "Imported",
    "PlacesNow",
    "Point",
    "Unit",
    "add_point",
    "add_unit",
    "as_of",
    "clear_certificate",
    "forget_files",
    "identifier",
    "import_file",
    "place_name",
    "point",
    "points",
    "points_by_id",
    "points_not_ended",
    "scope",
    "set_certificate",
    "successors",
    "unit",
    "unit_names",
    "units",
    "units_above",
    "units_followed",
    "units_of_points",
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
    """The tree as it stands at an instant."""

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
    """Return the units and points that are valid at an instant, as they stood then."""
    found = place_queries.units(session, at=now)
    ours = place_queries.points(session, at=now)
    return PlacesNow(found, ours, branches(found, ours))


def scope(session: Session, unit_ids: Sequence[str], now: datetime) -> BranchScope:
    """Return what lies at and below units now; of one that has ended, nothing."""
    tree = as_of(session, now).tree
    found = within(tree, unit_ids)
    names = [one.unit.name for one in found if one.unit.unit_id in unit_ids]
    bounds = Bounds(
        frozenset(one.unit.unit_id for one in found),
        frozenset(point.point_id for one in found for point in one.points),
    )
    return BranchScope(bounds, ", ".join(names))


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
        tree_store.claim(session)
        if unit.parent_id is not None:
            _check_parent(session, unit.parent_id, now)
        if session.get(Unit, unit.unit_id) is not None:
            raise _taken("unit_id", "Mã đơn vị")
        session.add(unit)
    return unit


def _check_parent(session: Session, unit_id: str, now: datetime) -> None:
    known = {one.unit_id: one for one in place_queries.units(session, at=now)}
    if unit_id not in known:
        raise NotFound("đơn vị cấp trên", "parent unit")
    _refuse_ending(known[unit_id])
    parents = {one.unit_id: one.parent_id for one in known.values()}
    if place_import.depth_of(unit_id, parents) >= MAX_DEPTH:
        raise BadRequest(
            "too_deep",
            f"Đơn vị chỉ được nằm sâu tối đa {MAX_DEPTH} cấp.",
            f"Units lie at most {MAX_DEPTH} deep.",
        )


def _refuse_ending(unit: Unit) -> None:
    """Let nothing be added below a unit that is to end: it would drop out of the tree with it."""
    if unit.valid_to is None:
        return
    day = day_of(unit.valid_to)
    on = f"{day.day:02}/{day.month:02}/{day.year}"
    raise Conflict(
        "unit_ends",
        f"Đơn vị “{unit.name}” sẽ kết thúc ngày {on}. Chọn đơn vị tiếp nhận, hoặc để sau ngày đó.",
        f"The unit “{unit.name}” ends on {on}. Choose the one it goes into, or add it after that.",
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
        tree_store.claim(session)
        unit = place_queries.unit(session, values["unit_id"], at=now)
        if unit is None:
            raise NotFound("đơn vị", "unit")
        _refuse_ending(unit)
        if session.get(Point, values["point_id"]) is not None:
            raise _taken("point_id", "Mã điểm cầu")
        number = values.get("number") or place_queries.next_number(session)
        if number > MAX_POINT_NUMBER:
            raise tree_store.no_number()
        point = Point(**{**values, "number": number}, valid_from=now)
        session.add(point)
        try:
            session.flush()
        except IntegrityError as exc:
            raise _taken("number", "Số điểm cầu") from exc
    return point


def change_point(
    engine: Engine, point_id: str, fields: dict[str, Any], *, actor: str, now: datetime
) -> Point:
    """Change what is said of a point: its name, unit, contract; its number and its past stay.

    Another name corrects how it is written since it stands as it does; to another unit it goes
    from now on, which is a change of the tree like others (changing.py).

    Raises:
        BadEntry: the name is none, or something of it is dated later.
        NotFound: there is no such point or unit.
    """
    values = _plain(fields)
    unit_id = values.pop("unit_id")
    with writing(engine) as session:
        tree_store.claim(session)
        known = place_queries.point(session, point_id, at=now)
        if known is None:
            raise NotFound("điểm cầu", "point")
        if place_queries.unit(session, unit_id, at=now) is None:
            raise NotFound("đơn vị", "unit")
        point = session.get_one(Point, point_id)
        for name, value in values.items():
            setattr(point, name, value)
        tree_store.correct(session, point_id, point.name, now)
        session.flush()
        if unit_id != known.unit_id:
            stands = PointStands(unit_id, point.name, point.owner)
            changing.take_within(
                session,
                TreeChange(ChangeKind.MOVE, now, points={point_id: stands}),
                actor=actor,
                now=now,
            )
    return point


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: _as_kept(name, value) for name, value in fields.items()}


def _as_kept(name: str, value: object) -> object:
    if name in _NAMES:
        label, most, least = _NAMES[name]
        return entered.line(label, str(value), most=most, least=least)
    return value.value if isinstance(value, Enum) else value


def _taken(field: str, what_vi: str) -> Conflict:
    return Conflict("taken", f"{what_vi} này đã có.", f"This {field} is taken.")
