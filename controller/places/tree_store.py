"""The tree through time in the database: read as a whole, written where a change alters it.

The own row of a unit or point repeats how it stands now, for all who ask by id; `bring_up` has
it follow the clock.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from contracts.ids import MAX_POINT_NUMBER
from controller.errors import BadRequest, Conflict
from controller.places import place_queries
from controller.places.change_document import ChangeDocument
from controller.places.tables import Point, PointPeriod, Unit, UnitPeriod
from controller.places.timeline import Life, PointStands, Timeline, UnitStands


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
    changed = [one for one in after.units if after.units[one] != before.units.get(one)]
    for one in _parents_first(changed, after):
        _save_unit(session, one, after.units[one], into.get(one), now)
    next_number = _next_number(session, numbers or {})
    for point_id, point in after.points.items():
        if point == before.points.get(point_id):
            continue
        if point_id not in before.points:
            number = (numbers or {}).get(point_id)
            if number is None:
                number, next_number = next_number, next_number + 1
            if number > MAX_POINT_NUMBER:
                raise no_number()
            how = point.standing(now)
            session.add(
                Point(
                    point_id=point_id,
                    number=number,
                    unit_id=how.unit_id,
                    name=how.name,
                    owner=how.owner,
                    valid_from=point.begins_at,
                )
            )
            session.flush()
        _save_point(session, point_id, point, now)
    session.flush()


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


def _save_unit(
    session: Session, unit_id: str, life: Life[UnitStands], into: str | None, now: datetime
) -> None:
    row = session.get(Unit, unit_id)
    if row is None:
        row = Unit(unit_id=unit_id, name="", owner="", valid_from=life.begins_at)
    _put_unit(row, life.standing(now))
    row.valid_from, row.valid_to = life.begins_at, life.ends_at
    row.successor_id = (into or row.successor_id) if life.ends_at is not None else None
    session.add(row)
    session.flush()
    session.execute(delete(UnitPeriod).where(col(UnitPeriod.unit_id) == unit_id))
    if len(life.periods) > 1:
        session.add_all(
            UnitPeriod(
                unit_id=unit_id,
                valid_from=since,
                parent_id=how.parent_id,
                name=how.name,
                kind=how.kind,
                owner=how.owner,
                position=how.position,
            )
            for since, how in life.periods
        )


def _save_point(session: Session, point_id: str, life: Life[PointStands], now: datetime) -> None:
    row = session.get_one(Point, point_id)
    _put_point(row, life.standing(now))
    row.valid_from, row.valid_to = life.begins_at, life.ends_at
    session.execute(delete(PointPeriod).where(col(PointPeriod.point_id) == point_id))
    if len(life.periods) > 1:
        session.add_all(
            PointPeriod(
                point_id=point_id,
                valid_from=since,
                unit_id=how.unit_id,
                name=how.name,
                owner=how.owner,
            )
            for since, how in life.periods
        )


def _put_unit(row: Unit, how: UnitStands) -> None:
    row.parent_id, row.name, row.kind = how.parent_id, how.name, how.kind
    row.owner, row.position = how.owner, how.position


def _put_point(row: Point, how: PointStands) -> None:
    row.unit_id, row.name, row.owner = how.unit_id, how.name, how.owner
