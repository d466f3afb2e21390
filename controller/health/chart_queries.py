"""Charts of one point: buckets on a fixed grid, with None where nothing was measured."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.db.millis import from_ms, to_ms
from controller.ingest.tables import (
    Bandwidth,
    Health1H,
    Health5Min,
    HealthBucket,
    Interface1H,
    Interface5Min,
)
from monitoring.judgement.availability import Period


class Step(Enum):
    """The widths of buckets that are kept."""

    FIVE_MINUTES = timedelta(minutes=5)
    HOUR = timedelta(hours=1)


_HEALTH: dict[Step, type[Health5Min] | type[Health1H]] = {
    Step.FIVE_MINUTES: Health5Min,
    Step.HOUR: Health1H,
}
_INTERFACE: dict[Step, type[Interface5Min] | type[Interface1H]] = {
    Step.FIVE_MINUTES: Interface5Min,
    Step.HOUR: Interface1H,
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
    gateway_loss_ratio: float | None = None
    cpu_ratio: float | None = None


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
    table = _HEALTH[step]
    grid = _grid(period, step)
    query = (
        select(table)
        .where(col(table.point_id) == point_id)
        .where(col(table.begins_at) >= grid[0], col(table.begins_at) < period.ends_at)
    )
    rows = {row.begins_at: row for row in session.exec(query)}
    return [_link(rows[at]) if at in rows else LinkBucket(at) for at in grid]


def interface_series(
    session: Session, point_id: PointId, period: Period, step: Step = Step.FIVE_MINUTES
) -> dict[str, list[InterfacePoint]]:
    """Return each interface's rates on the same grid as `link_series`, by name."""
    table = _INTERFACE[step]
    grid = _grid(period, step)
    query = (
        select(table)
        .where(col(table.point_id) == point_id)
        .where(col(table.begins_at) >= grid[0], col(table.begins_at) < period.ends_at)
    )
    found: dict[str, dict[datetime, InterfacePoint]] = {}
    for row in session.exec(query):
        found.setdefault(row.name, {})[row.begins_at] = InterfacePoint(
            row.begins_at,
            rx_bps=row.rx_sum_bps // row.rx_samples if row.rx_samples else None,
            tx_bps=row.tx_sum_bps // row.tx_samples if row.tx_samples else None,
            rx_max_bps=row.rx_max_bps,
            tx_max_bps=row.tx_max_bps,
        )
    return {
        name: [points.get(at, InterfacePoint(at)) for at in grid]
        for name, points in sorted(found.items())
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


def _grid(period: Period, step: Step) -> list[datetime]:
    width = step.value // timedelta(milliseconds=1)
    begin = to_ms(period.begins_at)
    return [from_ms(at) for at in range(begin - begin % width, to_ms(period.ends_at), width)]


def _link(row: HealthBucket) -> LinkBucket:
    return LinkBucket(
        row.begins_at,
        samples=row.samples,
        rtt_ms=_mean(row.rtt_sum_ms, row.rtt_samples),
        rtt_min_ms=row.rtt_min_ms,
        rtt_max_ms=row.rtt_max_ms,
        jitter_ms=_mean(row.jitter_sum_ms, row.jitter_samples),
        loss_ratio=_lost(row.probes_sent, row.probes_received),
        gateway_loss_ratio=_lost(row.gateway_asked, row.gateway_answered),
        cpu_ratio=_mean(row.cpu_ratio_sum, row.cpu_samples),
    )


def _mean(total: float, count: int) -> float | None:
    return total / count if count else None


def _lost(sent: int, received: int) -> float | None:
    return max(0.0, 1 - received / sent) if sent else None
