"""Uptime of all points at once, added up by the database.

The same figures as monitoring.judgement.availability.uptime gives for each point's
intervals; the tests hold the two against each other.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import BigInteger, ColumnElement, case, func, literal, type_coerce
from sqlmodel import Session, col, or_, select

from contracts.ids import PointId
from controller.db.millis import from_ms, to_ms
from controller.health.presence_queries import intervals_of, known_until
from controller.ingest.tables import PresenceInterval
from monitoring.judgement.availability import (
    Uptime,
    from_parts,
    last_days,
    today,
    uptime,
)
from monitoring.judgement.periods import Period, clipped, within
from monitoring.judgement.presence import PresenceState

LONGEST = timedelta(days=30)
"""The longest of the usual periods."""
_STATES = {
    "up": (PresenceState.UP.value, PresenceState.DEGRADED.value),
    "down": (PresenceState.DOWN.value,),
    "degraded": (PresenceState.DEGRADED.value,),
}
MOST_ASKED, FEW = 3, 20
"""So many times that do not count are asked of one by one; of more, those of more than a few."""
Times = Mapping[PointId, Sequence[Period]]
"""Spans of points; of each they do not overlap."""
_NONE: Times = MappingProxyType({})


def uptimes(
    session: Session,
    period: Period,
    *,
    now: datetime,
    point_ids: Iterable[PointId] | None = None,
    shut_out: Times = _NONE,
    excluded: Times = _NONE,
) -> dict[PointId, Uptime]:
    """Return the uptime of every point heard of before the period's end, or of some.

    `shut_out`: when points were; these few are added up here. `excluded`: times that do not
    count; what was in them is added up by the database too and taken off, but of points whose
    times are many different ones: these are added up here as well.
    A point that is not in the answer has nothing known: Uptime(before=the period).
    """
    passed = clipped(period, now)
    until = min(known_until(session, now), passed.ends_at)
    wanted = None if point_ids is None else list(point_ids)
    spent = _spent(session, passed, until, wanted)
    known = {point_id: one for point_id, (one, _) in spent.items()}
    windows = _windows(excluded, passed, spent.keys() - shut_out.keys())
    here = (shut_out.keys() & spent.keys()) | _of_own_times(windows)
    for window, together in windows.items():
        points = [one for one in together if one not in here]
        taken = _spent(session, window, until, points) if points else {}
        for point_id in points:
            one = taken[point_id][0] if point_id in taken else Uptime()
            heard = Period(max(window.begins_at, spent[point_id][1]), window.ends_at)
            known[point_id] = _without(known[point_id], one, heard.length)
    found = {
        point_id: from_parts(passed, one, spent[point_id][1]) for point_id, one in known.items()
    }
    told = intervals_of(session, here, passed) if here else {}
    for point_id in here:
        found[point_id] = uptime(
            told.get(point_id, []),
            passed,
            now=now,
            listened_until=until,
            shut_out=shut_out.get(point_id, ()),
            excluded=excluded.get(point_id, ()),
        )
    return found


def _windows(excluded: Times, passed: Period, points: Set[PointId]) -> dict[Period, list[PointId]]:
    """Return the times that do not count, each with the points of which it does not."""
    found: dict[Period, list[PointId]] = {}
    for point_id in excluded.keys() & points:
        for one in excluded[point_id]:
            window = within(one, passed)
            if window.length:
                found.setdefault(window, []).append(point_id)
    return found


def _of_own_times(windows: Mapping[Period, Sequence[PointId]]) -> set[PointId]:
    """Return the points of times that are those of a few, where asking of each would be long."""
    if len(windows) <= MOST_ASKED:
        return set()
    return {one for points in windows.values() if len(points) <= FEW for one in points}


def _without(one: Uptime, taken: Uptime, excluded: timedelta) -> Uptime:
    return Uptime(
        up=one.up - taken.up,
        down=one.down - taken.down,
        excluded=one.excluded + excluded,
        degraded=one.degraded - taken.degraded,
    )


def _spent(
    session: Session, passed: Period, until: datetime, point_ids: Sequence[PointId] | None
) -> dict[PointId, tuple[Uptime, datetime]]:
    """Return what is known of points in a period, and since when they are."""
    began = type_coerce(col(PresenceInterval.began_at), BigInteger)
    ended = func.coalesce(type_coerce(col(PresenceInterval.ended_at), BigInteger), to_ms(until))
    spent = _smaller(ended, to_ms(passed.ends_at)) - _greater(began, to_ms(passed.begins_at))
    query = (
        select(
            PresenceInterval.point_id,
            func.min(began),
            *(_total(spent, states) for states in _STATES.values()),
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
        query = query.where(col(PresenceInterval.point_id).in_(point_ids))
    return {
        PointId(row[0]): (
            Uptime(
                **{
                    name: timedelta(milliseconds=int(spent_ms))
                    for name, spent_ms in zip(_STATES, row[2:], strict=True)
                }
            ),
            from_ms(row[1]),
        )
        for row in session.execute(query)
    }


def usual_periods(now: datetime) -> dict[str, Period]:
    """Return the periods that pages show: today, 7 and 30 days."""
    return {"today": today(now), "7_days": last_days(7, now), "30_days": last_days(30, now)}


def uptimes_of_usual_periods(
    session: Session,
    now: datetime,
    point_ids: Iterable[PointId] | None = None,
    shut_out: Times = _NONE,
    excluded: Times = _NONE,
) -> dict[str, dict[PointId, Uptime]]:
    """Return the uptimes of today, 7 and 30 days, by period and point."""
    wanted = None if point_ids is None else list(point_ids)
    return {
        name: uptimes(
            session, period, now=now, point_ids=wanted, shut_out=shut_out, excluded=excluded
        )
        for name, period in usual_periods(now).items()
    }


def _total(spent: ColumnElement[int], states: tuple[str, ...]) -> ColumnElement[int]:
    is_counted = col(PresenceInterval.state).in_(states) & (spent > 0)
    return func.sum(case((is_counted, spent), else_=literal(0, BigInteger)))


def _smaller(value: ColumnElement[int], bound: int) -> ColumnElement[int]:
    return case((value > bound, literal(bound, BigInteger)), else_=value)


def _greater(value: ColumnElement[int], bound: int) -> ColumnElement[int]:
    return case((value < bound, literal(bound, BigInteger)), else_=value)
