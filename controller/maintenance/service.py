"""Declared maintenance: what holds of which point, and declaring, changing, withdrawing it."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.ids import PointId
from contracts.local_days import ZONE
from controller import entered
from controller.db.engine import writing
from controller.entered import Label
from controller.errors import BadEntry, Conflict, NotFound
from controller.maintenance import maintenance_queries
from controller.maintenance.tables import MaintenanceRow
from controller.people import accounts
from controller.places import service as places
from monitoring.judgement import maintenance, periods
from monitoring.judgement.maintenance import Absurd, Maintenance, Scope
from monitoring.judgement.periods import Period

MAX_REASON_CHARS = 200
MOST_A_DAY = 500
"""Declarations and changes: each is looked at for each point every ten seconds, for weeks."""
_REASON = Label("Lý do", "The reason")
_DAYS_LONG, _DAYS_BACK = maintenance.LONGEST.days, maintenance.MOST_BACK.days
_REFUSED: Mapping[Absurd, tuple[str, str]] = {
    Absurd.ENDS_FIRST: ("Giờ kết thúc phải sau giờ bắt đầu.", "It has to end after it begins."),
    Absurd.TOO_SHORT: ("Bảo trì phải kéo dài ít nhất một phút.", "It lasts a minute at least."),
    Absurd.TOO_LONG: (
        f"Một lần khai báo tối đa {_DAYS_LONG} ngày. Việc dài hơn thì khai báo nhiều lần.",
        f"One declaration is of {_DAYS_LONG} days at most. Declare longer work in several.",
    ),
    Absurd.TOO_OLD: (
        f"Chỉ khai báo được cho {_DAYS_BACK} ngày vừa qua.",
        f"It can be declared for the last {_DAYS_BACK} days only.",
    ),
    Absurd.TOO_FAR: (
        "Chỉ khai báo được trước tối đa một năm.",
        "It can be declared a year ahead at most.",
    ),
}


@dataclass(frozen=True, slots=True)
class Declared:
    """What a person says of maintenance."""

    scope: Scope
    subject_id: str
    period: Period
    reason: str


@dataclass(frozen=True, slots=True)
class MaintenanceDesk:
    """Where maintenance is declared. Used from worker threads."""

    engine: Engine

    def declare(self, said: Declared, *, actor: str, now: datetime) -> Maintenance:
        """Declare maintenance, ahead or afterwards.

        Raises:
            BadEntry: nobody can mean that time, there is no reason, or too many were made today.
            NotFound: there is no such point or unit.
        """
        name = secrets.token_hex(6)
        with writing(self.engine) as session:
            _check_subject(session, said, now)
            return _added(session, name, said, actor, now)

    def change(
        self, maintenance_id: str, period: Period, reason: str, *, actor: str, now: datetime
    ) -> Maintenance:
        """Change the times or the reason of what is not over.

        Raises:
            BadEntry: nobody can mean that time, there is no reason, or too many were made today.
            NotFound: there is no such maintenance.
            Conflict: it is over, or was withdrawn.
        """
        with writing(self.engine) as session:
            known = _changeable(session, maintenance_id, now)
            said = Declared(known.scope, known.subject_id, period, reason)
            return _added(session, maintenance_id, said, actor, now)

    def withdraw(self, maintenance_id: str, *, actor: str, now: datetime) -> Maintenance:
        """Withdraw what is not over: as if it had not been declared; its history stays.

        Raises:
            NotFound: there is no such maintenance.
            Conflict: it is over, or was withdrawn.
        """
        with writing(self.engine) as session:
            known = _changeable(session, maintenance_id, now)
            said = Declared(known.scope, known.subject_id, known.period, known.reason)
            row = _row(maintenance_id, said, actor, now)
            row.is_withdrawn = True
            maintenance_queries.add(session, row)
            session.flush()
            return maintenance_queries.revisions_of(session, maintenance_id)[-1]


def standing(
    session: Session, *, since: datetime | None = None, as_of: datetime | None = None
) -> list[Maintenance]:
    """Return what holds and ends after a time, or all that holds, the earliest first.

    Args:
        as_of: as it was declared by then; None: as it is declared now.
    """
    found = maintenance.standing(maintenance_queries.revisions(session, since=since), as_of=as_of)
    return [one for one in found if since is None or one.period.ends_at > since]


def history(session: Session, maintenance_id: str) -> list[Maintenance]:
    """Return every revision of one.

    Raises:
        NotFound: there is no such maintenance.
    """
    found = maintenance_queries.revisions_of(session, maintenance_id)
    if not found:
        raise NotFound("lần bảo trì", "maintenance")
    return found


def covering(
    session: Session, declared: Sequence[Maintenance], point_ids: Iterable[str]
) -> dict[PointId, list[Maintenance]]:
    """Return of some declarations which cover each point; points without any are left out."""
    if not declared:
        return {}
    places_of = {one: place for place, one in enumerate(declared)}
    of_points: dict[str, list[Maintenance]] = {}
    for one in declared:
        if one.scope is Scope.POINT:
            of_points.setdefault(one.subject_id, []).append(one)
    of_units = [one for one in declared if one.scope is not Scope.POINT]
    found = {
        point_id: sorted(
            [one for one in of_units if one.covers(point_id, above)] + of_points.get(point_id, []),
            key=places_of.__getitem__,
        )
        for point_id, above in places.units_above(session, point_ids).items()
    }
    return {point_id: covers for point_id, covers in found.items() if covers}


def excluded(
    session: Session,
    point_ids: Iterable[str],
    *,
    since: datetime,
    as_of: datetime | None = None,
) -> dict[PointId, list[Period]]:
    """Return which times after a time do not count of points, overlapping ones joined."""
    declared = standing(session, since=since, as_of=as_of)
    found = covering(session, declared, point_ids)
    return {one: periods.joined(of.period for of in covers) for one, covers in found.items()}


def under(session: Session, point_ids: Iterable[str], now: datetime) -> dict[PointId, Maintenance]:
    """Return which points are under maintenance now, and by which: that which ends last."""
    declared = [one for one in standing(session, since=now) if one.period.begins_at <= now]
    found = covering(session, declared, point_ids)
    last = {one: max(covers, key=lambda of: of.period.ends_at) for one, covers in found.items()}
    return dict(zip(last, signed(session, last.values()), strict=True))


def signed(session: Session, declared: Iterable[Maintenance]) -> list[Maintenance]:
    """Return declarations as pages show them: made by whom, as people are called."""
    shown = list(declared)
    names = accounts.display_names(session, (one.made_by for one in shown))
    return [replace(one, made_by=names.get(one.made_by, one.made_by)) for one in shown]


def of_unit(session: Session, declared: Iterable[Maintenance], unit_id: str) -> list[Maintenance]:
    """Return those that cover a whole unit: it itself, a unit above it, or all."""
    above = places.units_over(session, unit_id)
    return [one for one in declared if one.scope is not Scope.POINT and one.covers("", above)]


def count_of(session: Session, scope: Scope, subject_id: str, now: datetime) -> int:
    """Return how many points a declaration is about."""
    if scope is Scope.POINT:
        return 1
    ids = [one.point_id for one in places.points(session, at=now)]
    if scope is Scope.ALL:
        return len(ids)
    return sum(subject_id in above for above in places.units_above(session, ids).values())


def in_short(session: Session, one: Maintenance) -> str:
    """Return one as the audit log keeps it."""
    name = subject_names(session, [one]).get((one.scope, one.subject_id), "")
    begins, ends = (at.astimezone(ZONE) for at in (one.period.begins_at, one.period.ends_at))
    return f"{name or one.scope.value}, {begins:%d/%m/%Y %H:%M}–{ends:%d/%m/%Y %H:%M}: {one.reason}"


def subject_names(
    session: Session, declared: Collection[Maintenance]
) -> dict[tuple[Scope, str], str]:
    """Return what points and units are called that some are about."""
    points = [one.subject_id for one in declared if one.scope is Scope.POINT]
    found: dict[tuple[Scope, str], str] = {
        (Scope.POINT, str(one)): point.name
        for one, point in places.points_by_id(session, points).items()
    }
    units = [one.subject_id for one in declared if one.scope is Scope.UNIT]
    names = places.unit_names(session, units)
    return found | {(Scope.UNIT, one): name for one, name in names.items()}


def _check_subject(session: Session, said: Declared, now: datetime) -> None:
    match said.scope:
        case Scope.POINT if places.point(session, said.subject_id, at=now) is None:
            raise NotFound("điểm cầu", "point")
        case Scope.UNIT if not places.unit_names(session, [said.subject_id]):
            raise NotFound("đơn vị", "unit")


def _changeable(session: Session, maintenance_id: str, now: datetime) -> Maintenance:
    known = history(session, maintenance_id)[-1]
    if known.is_withdrawn:
        raise Conflict(
            "withdrawn", "Lần bảo trì này đã được rút lại.", "This maintenance was withdrawn."
        )
    if not maintenance.may_change(known, now):
        raise Conflict(
            "over",
            "Lần bảo trì này đã kết thúc, không sửa hoặc rút lại được nữa.",
            "This maintenance is over and can no longer be changed or withdrawn.",
        )
    return known


def _added(
    session: Session, maintenance_id: str, said: Declared, actor: str, now: datetime
) -> Maintenance:
    absurd = maintenance.absurdity(said.period, now)
    if absurd is not None:
        raise BadEntry(*_REFUSED[absurd])
    if maintenance_queries.count_since(session, now - timedelta(days=1)) >= MOST_A_DAY:
        raise BadEntry(
            f"Đã khai báo hoặc sửa {MOST_A_DAY} lần trong 24 giờ: khai báo cho cả đơn vị.",
            f"There were {MOST_A_DAY} declarations and changes in 24 hours: declare whole units.",
        )
    maintenance_queries.add(session, _row(maintenance_id, said, actor, now))
    session.flush()
    return maintenance_queries.revisions_of(session, maintenance_id)[-1]


def _row(maintenance_id: str, said: Declared, actor: str, now: datetime) -> MaintenanceRow:
    text = " ".join(said.reason.split())
    return MaintenanceRow(
        maintenance_id=maintenance_id,
        scope=said.scope.value,
        subject_id=said.subject_id if said.scope is not Scope.ALL else "",
        begins_at=said.period.begins_at,
        ends_at=said.period.ends_at,
        reason=entered.line(_REASON, text, most=MAX_REASON_CHARS),
        made_at=now,
        made_by=actor,
    )
