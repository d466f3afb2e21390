"""The tree of units and its points."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.db.bounded import BY_NAME
from controller.places.tables import Point, PointPeriod, Unit, UnitPeriod
from controller.web.i18n.collation import vietnamese

_OF_UNIT = ("parent_id", "name", "kind", "owner", "position")
_OF_POINT = ("unit_id", "name", "owner")


def units(session: Session, *, at: datetime) -> list[Unit]:
    """Return the units valid at an instant as they stood then, by position and by the alphabet."""
    found = session.exec(
        select(Unit).where(
            Unit.valid_from <= at, or_(col(Unit.valid_to).is_(None), col(Unit.valid_to) > at)
        )
    ).all()
    stood = unit_periods(session, at)
    then = [_unit_then(one, stood.get(one.unit_id)) for one in found]
    return sorted(then, key=lambda unit: (unit.position, vietnamese(unit.name)))


def unit(session: Session, unit_id: str, *, at: datetime) -> Unit | None:
    """Return a unit as it stood at an instant, if it is valid then."""
    found = session.get(Unit, unit_id)
    if found is None or found.valid_from > at:
        return None
    if found.valid_to is not None and found.valid_to <= at:
        return None
    return _unit_then(found, unit_periods(session, at, [unit_id]).get(unit_id))


def points(session: Session, *, at: datetime) -> list[Point]:
    """Return the points valid at an instant as they stood then, by number."""
    found = session.exec(
        select(Point)
        .where(Point.valid_from <= at, or_(col(Point.valid_to).is_(None), col(Point.valid_to) > at))
        .order_by(col(Point.number))
    ).all()
    stood = point_periods(session, at)
    return [_point_then(one, stood.get(one.point_id)) for one in found]


def unit_periods(
    session: Session, at: datetime, ids: Collection[str] | None = None
) -> dict[str, UnitPeriod]:
    """Return of units that once stood otherwise the period that an instant is in."""
    query = select(UnitPeriod).where(UnitPeriod.valid_from <= at)
    if ids is not None:
        query = query.where(col(UnitPeriod.unit_id).in_(list(ids)))
    found = session.exec(query.order_by(col(UnitPeriod.valid_from)))
    return {one.unit_id: one for one in found}


def point_periods(
    session: Session, at: datetime, ids: Collection[str] | None = None
) -> dict[str, PointPeriod]:
    """Return of points that once stood otherwise the period that an instant is in."""
    query = select(PointPeriod).where(PointPeriod.valid_from <= at)
    if ids is not None:
        query = query.where(col(PointPeriod.point_id).in_(list(ids)))
    found = session.exec(query.order_by(col(PointPeriod.valid_from)))
    return {one.point_id: one for one in found}


def _unit_then(row: Unit, stood: UnitPeriod | None) -> Unit:
    """Return a unit as it stood; a copy where that is not how it stands now."""
    if stood is None:
        return row
    then = {name: getattr(stood, name) for name in _OF_UNIT}
    if all(getattr(row, name) == value for name, value in then.items()):
        return row
    return Unit(**{**row.model_dump(), **then})


def _point_then(row: Point, stood: PointPeriod | None) -> Point:
    if stood is None:
        return row
    then = {name: getattr(stood, name) for name in _OF_POINT}
    if all(getattr(row, name) == value for name, value in then.items()):
        return row
    return Point(**{**row.model_dump(), **then})


def points_not_ended(session: Session, *, at: datetime) -> list[Point]:
    """Return the points that have not ended, also where a wrong clock says they are to begin."""
    has_not_ended = or_(col(Point.valid_to).is_(None), col(Point.valid_to) > at)
    return list(session.exec(select(Point).where(has_not_ended)))


def point(session: Session, point_id: str, *, at: datetime) -> Point | None:
    """Return a point as it stood at an instant, if it is valid then."""
    found = session.get(Point, point_id)
    if found is None or found.valid_from > at:
        return None
    if found.valid_to is not None and found.valid_to <= at:
        return None
    return _point_then(found, point_periods(session, at, [point_id]).get(point_id))


def units_of_points(
    session: Session, point_ids: Iterable[str], *, at: datetime
) -> dict[PointId, str]:
    """Return the unit of each known point at an instant; its first before that, its last after."""
    ids = list(point_ids)
    stood = point_periods(session, at, ids)
    first: dict[str, str] = {}
    for one in session.exec(select(PointPeriod).order_by(col(PointPeriod.valid_from))):
        first.setdefault(one.point_id, one.unit_id)
    return {
        point_id: stood[point_id].unit_id if point_id in stood else first.get(point_id, one.unit_id)
        for point_id, one in points_by_id(session, ids).items()
    }


def points_by_id(session: Session, point_ids: Iterable[str]) -> dict[PointId, Point]:
    """Return points by their ids, valid or not; unknown ids are left out."""
    wanted = select(Point).where(col(Point.point_id).in_(list(point_ids)))
    found = session.exec(wanted.execution_options(**BY_NAME))
    return {PointId(one.point_id): one for one in found}


def unit_names(session: Session, unit_ids: Iterable[str]) -> dict[str, str]:
    """Return what units are called, valid or not; unknown ids are left out."""
    wanted = select(Unit).where(col(Unit.unit_id).in_(list(unit_ids)))
    found = session.exec(wanted.execution_options(**BY_NAME))
    return {one.unit_id: one.name for one in found}


def successors(session: Session, *, at: datetime) -> dict[str, str]:
    """Return of units that had ended by an instant the one that stood for each then."""
    rows = session.exec(select(Unit)).all()
    went = {
        one.unit_id: one.successor_id
        for one in rows
        if one.successor_id and one.valid_to is not None and one.valid_to <= at
    }
    found: dict[str, str] = {}
    for unit_id in went:
        target, seen = unit_id, {unit_id}
        while target in went and (target := went[target]) not in seen:
            seen.add(target)
        found[unit_id] = target
    return found


def units_above(session: Session, point_ids: Iterable[str]) -> dict[PointId, tuple[str, ...]]:
    """Return of each known point its unit and the units above that one, the nearest first."""
    parents = _parents(session)
    return {
        point_id: _upwards(one.unit_id, parents)
        for point_id, one in points_by_id(session, point_ids).items()
    }


def units_followed(session: Session, point_ids: Iterable[str]) -> dict[PointId, tuple[str, ...]]:
    """Return the units above each known point, and those that ended while it was in them.

    So whoever answers for a unit that merged answers for its points as before.
    """
    ids = list(point_ids)
    ends = {one.unit_id: one.valid_to for one in session.exec(select(Unit))}
    periods = select(PointPeriod).where(col(PointPeriod.point_id).in_(ids))
    former: dict[str, dict[str, None]] = {}
    left: dict[str, str] = {}
    for one in session.exec(periods.order_by(col(PointPeriod.valid_from))):
        before = left.get(one.point_id, "")
        if before and ends.get(before) == one.valid_from:
            former.setdefault(one.point_id, {})[before] = None
        left[one.point_id] = one.unit_id
    above = units_above(session, ids)
    return {one: tuple(dict.fromkeys((*path, *former.get(one, ())))) for one, path in above.items()}


def units_over(session: Session, unit_id: str) -> tuple[str, ...]:
    """Return a unit and the units above it, the nearest first."""
    return _upwards(unit_id, _parents(session))


def _parents(session: Session) -> dict[str, str | None]:
    return {one.unit_id: one.parent_id for one in session.exec(select(Unit))}


def _upwards(unit_id: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    path: dict[str, None] = {}
    unit: str | None = unit_id
    while unit is not None and unit not in path:
        path[unit] = None
        unit = parents.get(unit)
    return tuple(path)


def place_name(session: Session, now: datetime) -> str:
    """Return the name of the tree's top now, which is what the installation is for.

    Where there is none yet, as by a clock that runs behind, of the first that is to begin.
    """
    has_not_ended = or_(col(Unit.valid_to).is_(None), col(Unit.valid_to) > now)
    tops = session.exec(
        select(Unit.name, Unit.valid_from)
        .where(col(Unit.parent_id).is_(None), has_not_ended)
        .order_by(col(Unit.position), col(Unit.name))
    ).all()
    if not tops:
        return ""
    on = [one for one in tops if one[1] <= now]
    return on[0][0] if on else min(tops, key=lambda one: one[1])[0]


def next_number(session: Session) -> int:
    """Return the lowest number above every point's; numbers are never used twice."""
    highest = session.exec(select(func.max(Point.number))).one()
    return (highest or 0) + 1


def set_certificate(
    session: Session, point_id: str, *, sha256: str, expires_at: datetime, now: datetime
) -> None:
    """Note which certificate a point's machine holds from now on."""
    session.execute(
        update(Point)
        .where(col(Point.point_id) == point_id)
        .values(certificate_sha256=sha256, certificate_expires_at=expires_at, enrolled_at=now)
    )


def clear_certificate(session: Session, point_id: str) -> None:
    """Note that no machine is this point any more."""
    session.execute(
        update(Point)
        .where(col(Point.point_id) == point_id)
        .values(certificate_sha256=None, certificate_expires_at=None, enrolled_at=None)
    )
