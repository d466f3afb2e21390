"""Charts of one point: buckets on a fixed grid, with None where nothing was measured."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.health import figure_queries
from controller.health.steps import Step, bucket_of, grid_of
from controller.ingest.tables import (
    Bandwidth,
    HealthBucket,
    Interface1H,
    Interface5Min,
    InterfaceBucket,
)
from monitoring.figures import BY_NAME
from monitoring.judgement.availability import Period

_Figure = TypeVar("_Figure", int, float)


_INTERFACE: dict[Step, type[Interface5Min] | type[Interface1H]] = {
    Step.FIVE_MINUTES: Interface5Min,
    Step.HOUR: Interface1H,
    Step.DAY: Interface1H,
}


@dataclass(frozen=True, slots=True)
class LinkBucket:
    """The line over one bucket; None: not measured. A bucket without samples is a gap."""

    begins_at: datetime
    samples: int = 0
    rtt_ms: float | None = None
    rtt_min_ms: float | None = None
    rtt_max_ms: float | None = None
    jitter_ms: float | None = None
    loss_ratio: float | None = None


@dataclass(frozen=True, slots=True)
class InterfacePoint:
    """An interface's rates over one bucket."""

    begins_at: datetime
    rx_bps: int | None = None
    tx_bps: int | None = None
    rx_max_bps: int | None = None
    tx_max_bps: int | None = None


@dataclass(frozen=True, slots=True)
class BandwidthPoint:
    """What one train said, at the time it ran."""

    at: datetime
    available_bps: int | None
    confidence_ratio: float
    problem: str


def link_series(
    session: Session, point_id: PointId, period: Period, step: Step = Step.FIVE_MINUTES
) -> list[LinkBucket]:
    """Return one bucket per step of the period, gaps included, oldest first."""
    query = figure_queries.buckets(figure_queries.HEALTH[step], point_id, period, step)
    rows: dict[datetime, list[HealthBucket]] = {}
    for row in session.exec(query):
        rows.setdefault(bucket_of(row.begins_at, step), []).append(row)
    return [_link(at, rows.get(at, ())) for at in grid_of(period, step)]


def interface_series(
    session: Session, point_id: PointId, period: Period, step: Step = Step.FIVE_MINUTES
) -> dict[str, list[InterfacePoint]]:
    """Return each interface's rates on the same grid as `link_series`, by name."""
    grid = grid_of(period, step)
    query = figure_queries.buckets(_INTERFACE[step], point_id, period, step)
    found: dict[str, dict[datetime, list[InterfaceBucket]]] = {}
    for row in session.exec(query):
        at = bucket_of(row.begins_at, step)
        found.setdefault(row.name, {}).setdefault(at, []).append(row)
    return {
        name: [_interface(at, rows.get(at, ())) for at in grid]
        for name, rows in sorted(found.items())
    }


def bandwidth_series(session: Session, point_id: PointId, period: Period) -> list[BandwidthPoint]:
    """Return what every train of the period said, oldest first."""
    query = (
        select(Bandwidth)
        .where(Bandwidth.point_id == point_id)
        .where(col(Bandwidth.at) >= period.begins_at, col(Bandwidth.at) < period.ends_at)
        .order_by(col(Bandwidth.at))
    )
    return [
        BandwidthPoint(row.at, row.available_bps, row.confidence_ratio, row.problem)
        for row in session.exec(query)
    ]


def typical_trains(trains: Sequence[BandwidthPoint], step: Step) -> list[BandwidthPoint]:
    """Return one train a bucket, the middle one of those that measured a rate."""
    buckets: dict[datetime, list[BandwidthPoint]] = {}
    for train in trains:
        if train.available_bps is not None:
            buckets.setdefault(bucket_of(train.at, step), []).append(train)
    ordered = (sorted(one, key=lambda train: train.available_bps or 0) for one in buckets.values())
    return [one[len(one) // 2] for one in ordered]


def _link(at: datetime, rows: Sequence[HealthBucket]) -> LinkBucket:
    rtt = figure_queries.over(rows, BY_NAME["rtt_ms"])
    return LinkBucket(
        at,
        samples=sum(row.samples for row in rows),
        rtt_ms=rtt.mean,
        rtt_min_ms=rtt.lowest,
        rtt_max_ms=rtt.highest,
        jitter_ms=figure_queries.over(rows, BY_NAME["jitter_ms"]).mean,
        loss_ratio=_lost(
            sum(row.probes_sent for row in rows), sum(row.probes_received for row in rows)
        ),
    )


def _interface(at: datetime, rows: Sequence[InterfaceBucket]) -> InterfacePoint:
    rx_samples, tx_samples = sum(r.rx_samples for r in rows), sum(r.tx_samples for r in rows)
    return InterfacePoint(
        at,
        rx_bps=sum(row.rx_sum_bps for row in rows) // rx_samples if rx_samples else None,
        tx_bps=sum(row.tx_sum_bps for row in rows) // tx_samples if tx_samples else None,
        rx_max_bps=max(_known(row.rx_max_bps for row in rows), default=None),
        tx_max_bps=max(_known(row.tx_max_bps for row in rows), default=None),
    )


def _known(values: Iterable[_Figure | None]) -> Iterator[_Figure]:
    return (value for value in values if value is not None)


def _lost(sent: int, received: int) -> float | None:
    return max(0.0, 1 - received / sent) if sent else None
