"""Throughput tests as rows: what was allowed, and what came of it."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.ingest.throughput_table import Throughput
from controller.ingest.told_order import newest_first
from controller.line_tests.tables import LineTestRow
from monitoring.judgement.periods import Period


def allowed_in(session: Session, period: Period) -> list[LineTestRow]:
    """Return the tests that were allowed within a period, the oldest first."""
    made_at = col(LineTestRow.made_at)
    query = select(LineTestRow).where(made_at >= period.begins_at, made_at < period.ends_at)
    return list(session.exec(query.order_by(made_at)))


def of_point(session: Session, point_id: str, *, most: int) -> list[LineTestRow]:
    """Return the last tests of a point, the newest first."""
    query = select(LineTestRow).where(LineTestRow.point_id == point_id)
    return list(session.exec(query.order_by(col(LineTestRow.made_at).desc()).limit(most)))


def newest_of(
    session: Session, point_ids: Collection[str], period: Period
) -> dict[str, LineTestRow]:
    """Return the last test of each point, of those that were allowed within a period."""
    wanted = set(point_ids)
    return {row.point_id: row for row in allowed_in(session, period) if row.point_id in wanted}


def unsettled(session: Session) -> list[LineTestRow]:
    """Return the tests of which it is not known what came."""
    return list(session.exec(select(LineTestRow).where(LineTestRow.outcome == "")))


def forget_before(session: Session, limit: datetime, *, count: int) -> int:
    """Remove some of the tests that were allowed before a time; return how many."""
    query = select(LineTestRow).where(col(LineTestRow.made_at) < limit).limit(count)
    rows = session.exec(query).all()
    for row in rows:
        session.delete(row)
    return len(rows)


def results(series: Session, rows: Collection[LineTestRow]) -> dict[str, Throughput]:
    """Return what came of tests, by id; of what a point said twice the first counts."""
    if not rows:
        return {}
    points = {row.test_id: row.point_id for row in rows}
    query = select(Throughput).where(
        col(Throughput.point_id).in_(set(points.values())),
        col(Throughput.test_id).in_(list(points)),
    )
    found: dict[str, Throughput] = {}
    for one in series.exec(query.order_by(*newest_first(Throughput))):
        if points[one.test_id] == one.point_id:
            found[one.test_id] = one
    return found


def measured(series: Session, point_id: PointId, period: Period) -> list[Throughput]:
    """Return a point's results of a period that have a rate, the oldest first."""
    at = col(Throughput.at)
    query = select(Throughput).where(
        Throughput.point_id == point_id, at >= period.begins_at, at < period.ends_at
    )
    rows = series.exec(query.order_by(at))
    return [one for one in rows if one.up_bps is not None or one.down_bps is not None]
