"""Reading what throughput tests of the last nights found, where lines are judged."""

from collections.abc import Collection
from datetime import UTC, datetime

import sqlalchemy
from sqlmodel import Session, col

from contracts.ids import PointId
from controller.ingest.throughput_table import Throughput
from monitoring.judgement.periods import Period
from monitoring.judgement.slow_nights import LOOKED_BACK, TestedRate, WayRate

_FOR_EVER = datetime(9000, 1, 1, tzinfo=UTC)


def tested_lately(
    session: Session, wanted: Collection[PointId] | None, now: datetime
) -> dict[PointId, list[TestedRate]]:
    """Return the whole tests of points (None: of all) that may still count."""
    return tested_in(session, wanted, Period(now - LOOKED_BACK, _FOR_EVER))


def tested_in(
    session: Session, wanted: Collection[PointId] | None, period: Period
) -> dict[PointId, list[TestedRate]]:
    """Return the whole tests of points (None: of all) of a period, the oldest first."""
    one = Throughput
    rates = (one.down_bps, one.down_at_least, one.up_bps, one.up_at_least)
    query = sqlalchemy.select(*map(col, (one.point_id, one.at, *rates))).where(
        col(one.at) >= period.begins_at, col(one.at) < period.ends_at, col(one.outcome) == "done"
    )
    if wanted is not None:
        query = query.where(col(one.point_id).in_(wanted))
    found: dict[PointId, list[TestedRate]] = {}
    for point_id, at, *ways in session.execute(query.order_by(col(one.at), col(one.seq))):
        rate = TestedRate(at, _rate(*ways[:2]), _rate(*ways[2:]))
        found.setdefault(PointId(point_id), []).append(rate)
    return found


def _rate(bps: int | None, is_at_least: bool) -> WayRate | None:
    return None if bps is None else WayRate(bps, is_at_least)
