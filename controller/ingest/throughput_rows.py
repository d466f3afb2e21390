"""Reading what throughput tests of the last nights found, where lines are judged."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy
from sqlmodel import Session, col

from contracts.ids import PointId
from controller.ingest.throughput_table import Throughput
from monitoring.judgement.slow_nights import LOOKED_BACK, TestedRate


def tested_lately(
    session: Session, wanted: Collection[PointId] | None, now: datetime
) -> dict[PointId, list[TestedRate]]:
    """Return the whole tests of points (None: of all) that may still count."""
    one = Throughput
    rates = (one.down_bps, one.up_bps, one.down_at_least, one.up_at_least)
    query = sqlalchemy.select(*map(col, (one.point_id, one.at, *rates))).where(
        col(one.at) >= now - LOOKED_BACK, col(one.outcome) == "done"
    )
    if wanted is not None:
        query = query.where(col(one.point_id).in_(wanted))
    found: dict[PointId, list[TestedRate]] = {}
    for point_id, at, down, up, *at_least in session.execute(query):
        rate = TestedRate(at, down, up, is_at_least=any(at_least))
        found.setdefault(PointId(point_id), []).append(rate)
    return found
