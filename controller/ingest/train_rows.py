"""Reading what the last trains said of lines that they found below their contract."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy
from sqlmodel import Session, col

from contracts.ids import PointId
from contracts.reports import BandwidthBody
from controller.ingest.tables import Bandwidth
from monitoring.judgement.contract_problems import DOWN_HOLDS, lasting
from monitoring.judgement.timing import AHEAD_TOLERANCE


def lately(
    session: Session, wanted: Collection[PointId], now: datetime
) -> dict[PointId, BandwidthBody]:
    """Return what still holds of the trains of points, each way; without those of which nothing."""
    if not wanted:
        return {}
    one = Bandwidth
    said = (one.available_bps, one.confidence_ratio, one.down_bps, one.down_confidence_ratio)
    query = (
        sqlalchemy.select(*map(col, (one.point_id, one.at, *said)))
        .where(
            col(one.point_id).in_(list(wanted)),
            col(one.at) >= now - DOWN_HOLDS,
            col(one.at) <= now + AHEAD_TOLERANCE,
        )
        .order_by(col(one.at), col(one.seq))
    )
    trains: dict[PointId, list[tuple[datetime, BandwidthBody]]] = {}
    for point_id, at, *rates in session.execute(query):
        trains.setdefault(PointId(point_id), []).append((at, of_rates(*rates)))
    held = {point_id: lasting(own, now) for point_id, own in trains.items()}
    return {point_id: one for point_id, one in held.items() if one is not None}


def of_rates(
    up_bps: int | None, up_confidence: float, down_bps: int | None, down_confidence: float | None
) -> BandwidthBody:
    """Return a train of which the rates are known and nothing else matters."""
    return BandwidthBody(
        0,
        0,
        0,
        available_bps=up_bps,
        confidence_ratio=up_confidence,
        down_bps=down_bps,
        down_confidence_ratio=down_confidence or 0.0,
    )
