"""Uptime of all points at once, added up by the database.

The same figures as monitoring.judgement.availability.uptime gives for each point's
intervals; the tests hold the two against each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import BigInteger, ColumnElement, case, func, literal, type_coerce
from sqlmodel import Session, col, or_, select

from contracts.ids import PointId
from controller.db.millis import from_ms, to_ms
from controller.health.presence_queries import intervals, known_until
from controller.ingest.tables import PresenceInterval
from monitoring.judgement.availability import (
    Period,
    Uptime,
    clipped,
    from_parts,
    last_days,
    today,
    uptime,
)
from monitoring.judgement.presence import PresenceState

_UP = (PresenceState.UP.value, PresenceState.DEGRADED.value)
_DOWN = (PresenceState.DOWN.value,)


def uptimes(
    session: Session,
    period: Period,
    *,
    now: datetime,
    point_ids: Iterable[PointId] | None = None,
    shut_out: Mapping[PointId, Sequence[Period]] = MappingProxyType({}),
) -> dict[PointId, Uptime]:
    """Return the uptime of every point heard of before the period's end, or of some.

    `shut_out`: when points were; these few are added up here.
    A point that is not in the answer has nothing known: Uptime(before=the period).
    """
    passed = clipped(period, now)
    until = min(known_until(session, now), passed.ends_at)
    began = type_coerce(col(PresenceInterval.began_at), BigInteger)
    ended = func.coalesce(type_coerce(col(PresenceInterval.ended_at), BigInteger), to_ms(until))
    spent = _smaller(ended, to_ms(passed.ends_at)) - _greater(began, to_ms(passed.begins_at))
    query = (
        select(
            PresenceInterval.point_id,
            _total(spent, _UP),
            _total(spent, _DOWN),
            func.min(began),
        )
        .where(col(PresenceInterval.began_at) < passed.ends_at)
        .where(
            or_(
                col(PresenceInterval.ended_at).is_(None),
                col(PresenceInterval.ended_at) > passed.begins_at,
            )
        )
        .group_by(col(PresenceInterval.point_id))
    )
    if point_ids is not None:
        query = query.where(col(PresenceInterval.point_id).in_(list(point_ids)))
    found = {
        PointId(point_id): from_parts(
            passed,
            up=timedelta(milliseconds=int(up_ms)),
            down=timedelta(milliseconds=int(down_ms)),
            first_at=from_ms(first_ms),
        )
        for point_id, up_ms, down_ms, first_ms in session.exec(query)
    }
    for point_id in found.keys() & shut_out.keys():
        seen = intervals(session, point_id, passed)
        found[point_id] = uptime(
            seen, passed, now=now, listened_until=until, shut_out=shut_out[point_id]
        )
    return found


def usual_periods(now: datetime) -> dict[str, Period]:
    """Return the periods that pages show: today, 7 and 30 days."""
    return {"today": today(now), "7_days": last_days(7, now), "30_days": last_days(30, now)}


def uptimes_of_usual_periods(
    session: Session,
    now: datetime,
    point_ids: Iterable[PointId] | None = None,
    shut_out: Mapping[PointId, Sequence[Period]] = MappingProxyType({}),
) -> dict[str, dict[PointId, Uptime]]:
    """Return the uptimes of today, 7 and 30 days, by period and point."""
    wanted = None if point_ids is None else list(point_ids)
    return {
        name: uptimes(session, period, now=now, point_ids=wanted, shut_out=shut_out)
        for name, period in usual_periods(now).items()
    }


def _total(spent: ColumnElement[int], states: tuple[str, ...]) -> ColumnElement[int]:
    is_counted = col(PresenceInterval.state).in_(states) & (spent > 0)
    return func.sum(case((is_counted, spent), else_=literal(0, BigInteger)))


def _smaller(value: ColumnElement[int], bound: int) -> ColumnElement[int]:
    return case((value > bound, literal(bound, BigInteger)), else_=value)


def _greater(value: ColumnElement[int], bound: int) -> ColumnElement[int]:
    return case((value < bound, literal(bound, BigInteger)), else_=value)
