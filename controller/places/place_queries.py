"""The tree of units and its points."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.places.tables import Point, Unit
from controller.web.i18n.collation import vietnamese


def units(session: Session, *, at: datetime) -> list[Unit]:
    """Return the units valid at an instant, by position and then by the alphabet."""
    found = session.exec(
        select(Unit).where(
            Unit.valid_from <= at, or_(col(Unit.valid_to).is_(None), col(Unit.valid_to) > at)
        )
    )
    return sorted(found, key=lambda unit: (unit.position, vietnamese(unit.name)))


def unit(session: Session, unit_id: str, *, at: datetime) -> Unit | None:
    """Return a unit, if it is valid at an instant."""
    found = session.get(Unit, unit_id)
    if found is None or found.valid_from > at:
        return None
    return found if found.valid_to is None or found.valid_to > at else None


def points(session: Session, *, at: datetime) -> list[Point]:
    """Return the points valid at an instant, by number."""
    return list(
        session.exec(
            select(Point)
            .where(
                Point.valid_from <= at, or_(col(Point.valid_to).is_(None), col(Point.valid_to) > at)
            )
            .order_by(col(Point.number))
        )
    )


def points_not_ended(session: Session, *, at: datetime) -> list[Point]:
    """Return the points that have not ended, also where a wrong clock says they are to begin."""
    has_not_ended = or_(col(Point.valid_to).is_(None), col(Point.valid_to) > at)
    return list(session.exec(select(Point).where(has_not_ended)))


def point(session: Session, point_id: str, *, at: datetime) -> Point | None:
    """Return a point, if it is valid at an instant."""
    found = session.get(Point, point_id)
    if found is None or found.valid_from > at:
        return None
    return found if found.valid_to is None or found.valid_to > at else None


def points_by_id(session: Session, point_ids: Iterable[str]) -> dict[PointId, Point]:
    """Return points by their ids, valid or not; unknown ids are left out."""
    found = session.exec(select(Point).where(col(Point.point_id).in_(list(point_ids))))
    return {PointId(one.point_id): one for one in found}


def unit_names(session: Session, unit_ids: Iterable[str]) -> dict[str, str]:
    """Return what units are called, valid or not; unknown ids are left out."""
    found = session.exec(select(Unit).where(col(Unit.unit_id).in_(list(unit_ids))))
    return {one.unit_id: one.name for one in found}


def units_above(session: Session, point_ids: Iterable[str]) -> dict[PointId, tuple[str, ...]]:
    """Return of each known point its unit and the units above that one, the nearest first."""
    parents = _parents(session)
    return {
        point_id: _upwards(one.unit_id, parents)
        for point_id, one in points_by_id(session, point_ids).items()
    }


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


def place_name(session: Session) -> str:
    """Return the name of the tree's top, which is what the installation is for."""
    top = session.exec(
        select(Unit.name)
        .where(col(Unit.parent_id).is_(None), col(Unit.valid_to).is_(None))
        .order_by(col(Unit.position), col(Unit.name))
    ).first()
    return top or ""


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
