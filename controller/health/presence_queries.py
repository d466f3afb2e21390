"""Reading presence: each point's state over time, and when the centre was listening."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy
from sqlalchemy import BigInteger, type_coerce
from sqlmodel import Session, col, or_, select

from contracts.ids import PointId
from controller.db.millis import from_ms
from controller.ingest.tables import IngestSpan, PresenceInterval
from monitoring.judgement.availability import Interval
from monitoring.judgement.periods import Period
from monitoring.judgement.presence import PresenceState

BLIND_AFTER = timedelta(seconds=15)
"""Ingest says that it lives every 5 s; three times missed, and it is taken for blind."""

ROWS = 2000
_STATES = {one.value: one for one in PresenceState}


def listened_until(session: Session) -> datetime | None:
    """Return when the centre last said that it was listening; None: it never was."""
    newest = select(IngestSpan.alive_at).order_by(col(IngestSpan.alive_at).desc()).limit(1)
    return session.exec(newest).first()


def is_listening(session: Session, now: datetime) -> bool:
    """Return whether the centre hears its points now."""
    until = listened_until(session)
    return until is not None and now - until <= BLIND_AFTER


def known_until(session: Session, now: datetime) -> datetime:
    """Return up to when open intervals hold: now, or the centre's last sign of listening."""
    until = listened_until(session)
    if until is None:
        return now
    return now if now - until <= BLIND_AFTER else until


def open_intervals(
    session: Session, point_ids: Iterable[PointId] | None = None
) -> dict[PointId, Interval]:
    """Return the present interval of every point that was ever heard, or of some."""
    row = PresenceInterval
    # Columns, not objects: a country has thousands.
    query = sqlalchemy.select(col(row.point_id), col(row.state), col(row.began_at)).where(
        col(row.ended_at).is_(None)
    )
    if point_ids is not None:
        query = query.where(col(row.point_id).in_(list(point_ids)))
    return {
        PointId(point_id): Interval(PresenceState(state), began_at, None)
        for point_id, state, began_at in session.connection().execute(query)
    }


def intervals(session: Session, point_id: PointId, period: Period) -> list[Interval]:
    """Return a point's intervals that touch the period, oldest first, not clipped."""
    return intervals_of(session, [point_id], period).get(point_id, [])


def known_intervals(
    session: Session, point_id: PointId, period: Period, now: datetime
) -> list[Interval]:
    """Return the same as `intervals`; an open one ends where the centre's own record does."""
    until, found = known_until(session, now), intervals(session, point_id, period)
    if until == now:
        return found
    return [
        replace(one, ended_at=max(until, one.began_at)) if one.ended_at is None else one
        for one in found
    ]


def intervals_of(
    session: Session, point_ids: Iterable[PointId], period: Period
) -> dict[PointId, list[Interval]]:
    """Return the intervals of points that touch the period, oldest first, not clipped."""
    one = PresenceInterval
    began = type_coerce(col(one.began_at), BigInteger)
    ended = type_coerce(col(one.ended_at), BigInteger)
    # Columns, not objects: a year of a province has 14,000.
    query = (
        sqlalchemy.select(col(one.point_id), col(one.state), began, ended)
        .where(col(one.point_id).in_(list(point_ids)))
        .where(col(one.began_at) < period.ends_at)
        .where(or_(col(one.ended_at).is_(None), col(one.ended_at) > period.begins_at))
        .order_by(col(one.began_at))
    )
    found: dict[PointId, list[Interval]] = {}
    at = cache(from_ms)  # one begins where another ends
    for rows in session.connection().execute(query).partitions(ROWS):
        for point_id, state, began_ms, ended_ms in rows:
            ended_at = None if ended_ms is None else at(ended_ms)
            interval = Interval(_STATES[state], at(began_ms), ended_at)
            found.setdefault(PointId(point_id), []).append(interval)
    return found
