"""The tree through time in the database: read as a whole, written where a change alters it.

The own row of a unit or point repeats how it stands now, for all who ask by id; `bring_up` has
it follow the clock.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from contracts.ids import MAX_POINT_NUMBER
from controller.db.base import StateTable
from controller.errors import BadRequest, Conflict
from controller.places import place_queries
from controller.places.change_document import ChangeDocument
from controller.places.tables import Point, PointPeriod, Unit, UnitPeriod
from controller.places.timeline import Life, PointStands, Timeline, UnitStands

IDS_AT_ONCE = 500
Values = dict[str, object]


def claim(session: Session) -> None:
    """Have whoever else changes the tree wait until this transaction is over."""
    session.exec(select(Unit.unit_id).order_by(Unit.unit_id).with_for_update()).all()


def timeline(session: Session) -> Timeline:
    """Return every unit and point that there was, is or is to be."""
    unit_periods: dict[str, list[tuple[datetime, UnitStands]]] = {}
    for unit in session.exec(select(UnitPeriod).order_by(col(UnitPeriod.valid_from))):
        unit_periods.setdefault(unit.unit_id, []).append((unit.valid_from, unit_stands(unit)))
    point_periods: dict[str, list[tuple[datetime, PointStands]]] = {}
    for point in session.exec(select(PointPeriod).order_by(col(PointPeriod.valid_from))):
        point_periods.setdefault(point.point_id, []).append((point.valid_from, point_stands(point)))
    units = {
        one.unit_id: Life(
            tuple(unit_periods.get(one.unit_id, [(one.valid_from, unit_stands(one))])),
            one.valid_to,
        )
        for one in session.exec(select(Unit))
    }
    points = {
        one.point_id: Life(
            tuple(point_periods.get(one.point_id, [(one.valid_from, point_stands(one))])),
            one.valid_to,
        )
        for one in session.exec(select(Point))
    }
    return Timeline(units, points)


def unit_stands(row: Unit | UnitPeriod) -> UnitStands:
    """Return how a row says that a unit stands."""
    return UnitStands(row.parent_id, row.name, row.kind, row.owner, row.position)


def point_stands(row: Point | PointPeriod) -> PointStands:
    """Return how a row says that a point stands."""
    return PointStands(row.unit_id, row.name, row.owner)


def save(
    session: Session,
    before: Timeline,
    after: Timeline,
    into: Mapping[str, str],
    *,
    now: datetime,
    numbers: Mapping[str, int] | None = None,
) -> None:
    """Write what differs between two timelines.

    Args:
        into: of units that end now, into which one each goes.
        numbers: of new points that bring one; others get the next.

    Raises:
        BadRequest: there is no number for a point any more.
    """
    units = {one: of for one, of in after.units.items() if of != before.units.get(one)}
    points = {one: of for one, of in after.points.items() if of != before.points.get(one)}
    session.flush()
    _save_units(session, units, after, into, now)
    _save_points(session, points, set(points) - set(before.points), now, numbers or {})
    session.expire_all()  # what it holds of them is not what was written beside it


def remove(session: Session, document: ChangeDocument) -> None:
    """Delete what began with a change; what is in use elsewhere the database does not give up.

    Raises:
        Conflict: a machine holds the certificate of a point.
    """
    points = [one.point_id for one in document.points if one.before is None]
    session.execute(delete(PointPeriod).where(col(PointPeriod.point_id).in_(points)))
    without_machine = col(Point.point_id).in_(points), col(Point.certificate_sha256).is_(None)
    session.execute(delete(Point).where(*without_machine))
    if session.exec(select(Point.point_id).where(col(Point.point_id).in_(points))).first():
        raise in_use()
    units = [one.unit_id for one in document.units if one.before is None]
    session.execute(delete(UnitPeriod).where(col(UnitPeriod.unit_id).in_(units)))
    left = set(units)
    while left:
        parents = set(session.exec(select(Unit.parent_id).where(col(Unit.unit_id).in_(left))))
        leaves = left - parents or left
        session.execute(delete(Unit).where(col(Unit.unit_id).in_(leaves)))
        left -= leaves


def bring_up(session: Session, now: datetime) -> bool:
    """Have the own rows say how units and points stand now; return whether any said otherwise."""
    is_changed = False
    for unit_id, unit in place_queries.unit_periods(session, now).items():
        row = session.get_one(Unit, unit_id)
        if unit_stands(row) != unit_stands(unit):
            _put_unit(row, unit_stands(unit))
            is_changed = True
    for point_id, period in place_queries.point_periods(session, now).items():
        point = session.get_one(Point, point_id)
        if point_stands(point) != point_stands(period):
            _put_point(point, point_stands(period))
            is_changed = True
    return is_changed


def is_behind(session: Session, now: datetime) -> bool:
    """Return whether any own row says otherwise than the period that is on."""
    units = place_queries.unit_periods(session, now)
    points = place_queries.point_periods(session, now)
    rows = session.exec(select(Unit).where(col(Unit.unit_id).in_(list(units))))
    if any(unit_stands(one) != unit_stands(units[one.unit_id]) for one in rows):
        return True
    found = session.exec(select(Point).where(col(Point.point_id).in_(list(points))))
    return any(point_stands(one) != point_stands(points[one.point_id]) for one in found)


def correct(session: Session, point_id: str, name: str, now: datetime) -> None:
    """Write a point's name otherwise in the period that is on, and later where it is the same.

    Periods before keep what they had.
    """
    on = place_queries.point_periods(session, now, [point_id]).get(point_id)
    if on is None:
        return
    later = select(PointPeriod).where(
        PointPeriod.point_id == point_id, PointPeriod.valid_from >= on.valid_from
    )
    wrong = on.name
    for one in session.exec(later):
        if one.name == wrong:
            one.name = name


def in_use() -> Conflict:
    """Return the refusal to take back a change whose new units or points are in use."""
    return Conflict(
        "in_use",
        "Đơn vị hoặc điểm cầu mới của thay đổi này đã được dùng (đầu mối liên hệ, lịch, "
        "cuộc họp, ghi danh máy): bỏ những thứ đó trước, hoặc lập một thay đổi ngược lại.",
        "A unit or point that began with this change is in use (contacts, a calendar, "
        "meetings, a machine): remove that first, or enter the opposite change.",
    )


def no_number() -> BadRequest:
    """Return the refusal of a point for which there is no number any more."""
    return BadRequest(
        "no_number",
        f"Có điểm cầu mang số {MAX_POINT_NUMBER}, số lớn nhất: nhập số cho điểm cầu này.",
        f"A point has the highest number, {MAX_POINT_NUMBER}: give this one a number.",
    )


def _next_number(session: Session, numbers: Mapping[str, int]) -> int:
    return max([place_queries.next_number(session), *(one + 1 for one in numbers.values())])


def _parents_first(units: Iterable[str], after: Timeline) -> list[str]:
    def depth(unit_id: str) -> int:
        seen: set[str] = set()
        one: str | None = unit_id
        while one is not None and one in after.units and one not in seen:
            seen.add(one)
            one = after.units[one].newest.parent_id
        return len(seen)

    return sorted(units, key=lambda one: (depth(one), one))


def _save_units(
    session: Session,
    lives: Mapping[str, Life[UnitStands]],
    after: Timeline,
    into: Mapping[str, str],
    now: datetime,
) -> None:
    """Write units, one statement of each kind for all of them: SQLite has one writer."""
    known = dict[str, str | None]()
    for some in _portions(lives):
        rows = select(Unit.unit_id, Unit.successor_id).where(col(Unit.unit_id).in_(some))
        known |= dict(session.exec(rows).all())
        session.execute(delete(UnitPeriod).where(col(UnitPeriod.unit_id).in_(some)))
    new, old = list[Values](), list[Values]()
    for unit_id in _parents_first(lives, after):
        life, successor = lives[unit_id], into.get(unit_id) or known.get(unit_id)
        row = Unit(
            unit_id=unit_id,
            **asdict(life.standing(now)),
            valid_from=life.begins_at,
            valid_to=life.ends_at,
            successor_id=successor if life.ends_at is not None else None,
        ).model_dump()
        (old if unit_id in known else new).append(row)
    _insert(session, Unit, new)
    _update(session, Unit, old)
    periods = [
        {"unit_id": unit_id, "valid_from": since, **asdict(how)}
        for unit_id, life in lives.items()
        if len(life.periods) > 1
        for since, how in life.periods
    ]
    _insert(session, UnitPeriod, periods)


def _save_points(
    session: Session,
    lives: Mapping[str, Life[PointStands]],
    fresh: Collection[str],
    now: datetime,
    numbers: Mapping[str, int],
) -> None:
    """Write points, as units are; `fresh`: those that there were not before."""
    next_number = _next_number(session, numbers)
    new, old = list[Values](), list[Values]()
    for point_id, life in lives.items():
        stands = asdict(life.standing(now))
        stands |= {"valid_from": life.begins_at, "valid_to": life.ends_at}
        if point_id not in fresh:
            old.append({"point_id": point_id, **stands})
            continue
        number = numbers.get(point_id)
        if number is None:
            number, next_number = next_number, next_number + 1
        if number > MAX_POINT_NUMBER:
            raise no_number()
        new.append(Point(point_id=point_id, number=number, **stands).model_dump())
    _insert(session, Point, new)
    _update(session, Point, old)
    for some in _portions(lives):
        session.execute(delete(PointPeriod).where(col(PointPeriod.point_id).in_(some)))
    periods = [
        {"point_id": point_id, "valid_from": since, **asdict(how)}
        for point_id, life in lives.items()
        if len(life.periods) > 1
        for since, how in life.periods
    ]
    _insert(session, PointPeriod, periods)


def _portions(ids: Iterable[str]) -> Iterator[list[str]]:
    every = list(ids)
    return (every[first : first + IDS_AT_ONCE] for first in range(0, len(every), IDS_AT_ONCE))


def _insert(session: Session, table: type[StateTable], rows: Sequence[Values]) -> None:
    if rows:
        session.connection().execute(insert(table), rows)


def _update(session: Session, table: type[StateTable], rows: Sequence[Values]) -> None:
    """Write rows that there are, found by their keys."""
    if rows:
        session.execute(update(table), rows)


def _put_unit(row: Unit, how: UnitStands) -> None:
    row.parent_id, row.name, row.kind = how.parent_id, how.name, how.kind
    row.owner, row.position = how.owner, how.position


def _put_point(row: Point, how: PointStands) -> None:
    row.unit_id, row.name, row.owner = how.unit_id, how.name, how.owner
