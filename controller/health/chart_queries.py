"""Charts of one point: buckets on a fixed grid, with None where nothing was measured.

The database sums up, so that a year costs what its buckets are and not what its rows were.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import Select, and_, func
from sqlmodel import Session, col

from contracts.ids import PointId
from controller.db.millis import from_ms, to_ms
from controller.health.bucket_sums import Columns, whole, within
from controller.health.figure_queries import HEALTH
from controller.health.steps import Step, bucket_in, grid_of
from controller.ingest.tables import (
    Bandwidth,
    Interface1H,
    Interface5Min,
    InterfaceSample,
    StoredReport,
)
from monitoring import histogram
from monitoring.histogram import Histogram
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.periods import Period

QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90)
_MEDIAN = QUANTILES.index(0.50)
_INTERFACE: dict[Step, type[Interface5Min] | type[Interface1H]] = {
    Step.FIVE_MINUTES: Interface5Min,
    Step.HOUR: Interface1H,
    Step.DAY: Interface1H,
}


@dataclass(frozen=True, slots=True)
class LinkBucket:
    """The line over one bucket; None: not measured. A bucket without samples is a gap.

    `rtt_quantiles_ms`: at QUANTILES; empty where only mean, lowest and highest were kept.
    """

    begins_at: datetime
    samples: int = 0
    rtt_ms: float | None = None
    rtt_min_ms: float | None = None
    rtt_max_ms: float | None = None
    jitter_ms: float | None = None
    loss_ratio: float | None = None
    rtt_quantiles_ms: tuple[float, ...] = ()

    @property
    def rtt_middle_ms(self) -> float | None:
        """The median, or the mean where none is known."""
        return self.rtt_quantiles_ms[_MEDIAN] if self.rtt_quantiles_ms else self.rtt_ms


@dataclass(frozen=True, slots=True)
class InterfacePoint:
    """An interface's rates over one bucket."""

    begins_at: datetime
    rx_bps: int | None = None
    tx_bps: int | None = None
    rx_max_bps: int | None = None
    tx_max_bps: int | None = None

    def utilisation(self, contracted: Contracted | None) -> float | None:
        """Return what the fuller direction took of what it is sold for; None: not known."""
        return contracted.utilisation(self.rx_bps, self.tx_bps) if contracted else None


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
    spread = _spread(session, point_id, period, step)
    found = {
        at: _link(from_ms(at), spread.get(at), *sums)
        for at, *sums in session.execute(_line_sums(point_id, period, step))
    }
    return [found.get(to_ms(at)) or LinkBucket(at) for at in grid_of(period, step)]


def interface_series(
    session: Session,
    point_id: PointId,
    period: Period,
    step: Step = Step.FIVE_MINUTES,
    names: Collection[str] = (),
) -> dict[str, list[InterfacePoint]]:
    """Return interfaces' rates on the same grid as `link_series`, by name; no names: of all."""
    found: dict[str, dict[datetime, InterfacePoint]] = {}
    for at, name, *sums in session.execute(_rate_sums(point_id, period, step, names)):
        found.setdefault(name, {})[from_ms(at)] = _interface(from_ms(at), *sums)
    grid = grid_of(period, step)
    return {
        name: [rows.get(at) or InterfacePoint(at) for at in grid]
        for name, rows in sorted(found.items())
    }


def bandwidth_series(session: Session, point_id: PointId, period: Period) -> list[BandwidthPoint]:
    """Return what every train of the period said, oldest first."""
    query = _trains(point_id, period).order_by(col(Bandwidth.at))
    return [BandwidthPoint(*row) for row in session.execute(query)]


def mean_trains(
    session: Session, point_id: PointId, period: Period, step: Step
) -> list[BandwidthPoint]:
    """Return the mean of the trains of each bucket, of those that measured a rate."""
    one, bucket = Bandwidth, bucket_in(col(Bandwidth.at), step)
    means = (func.avg(col(one.available_bps)), func.avg(col(one.confidence_ratio)))
    query = within(one.point_id, one.at, point_id, period, step, means)
    query = query.where(col(one.available_bps).is_not(None)).group_by(bucket).order_by(bucket)
    return [
        BandwidthPoint(from_ms(at), round(rate), ratio, "")
        for at, rate, ratio in session.execute(query)
    ]


def _line_sums(point_id: PointId, period: Period, step: Step) -> Select[Any]:
    sums: Columns
    if step is Step.MINUTE:
        raw = StoredReport
        sums = (
            func.count(),
            whole(col(raw.probes_sent)),
            whole(col(raw.probes_received)),
            func.count(col(raw.rtt_ms)),
            func.sum(col(raw.rtt_ms)),
            func.min(col(raw.rtt_min_ms)),
            func.max(col(raw.rtt_max_ms)),
            func.count(col(raw.jitter_ms)),
            func.sum(col(raw.jitter_ms)),
        )
        query = within(raw.point_id, raw.at, point_id, period, step, sums)
        return query.where(col(raw.kind) == "health").group_by(bucket_in(col(raw.at), step))
    table = HEALTH[step]
    sums = (
        whole(col(table.samples)),
        whole(col(table.probes_sent)),
        whole(col(table.probes_received)),
        whole(col(table.rtt_samples)),
        func.sum(col(table.rtt_sum_ms)),
        func.min(col(table.rtt_min_ms)),
        func.max(col(table.rtt_max_ms)),
        whole(col(table.jitter_samples)),
        func.sum(col(table.jitter_sum_ms)),
    )
    query = within(table.point_id, table.begins_at, point_id, period, step, sums)
    return query.group_by(bucket_in(col(table.begins_at), step))


def _spread(
    session: Session, point_id: PointId, period: Period, step: Step
) -> dict[int, Histogram]:
    """Return how round trips were spread, by the bucket; nothing of one without any."""
    if step is Step.MINUTE:
        raw = StoredReport
        found = _counted(session, raw.rtt_histogram, raw.point_id, raw.at, point_id, period, step)
        return _of_few(session, point_id, period) | found
    table = HEALTH[step]
    at, text = table.begins_at, table.rtt_histogram
    return _counted(session, text, table.point_id, at, point_id, period, step)


def _counted(
    session: Session,
    histograms: str | None,
    point: str,
    instant: datetime,
    point_id: PointId,
    period: Period,
    step: Step,
) -> dict[int, Histogram]:
    """Return the sums of histograms that are kept in a table's column."""
    found: dict[int, Histogram] = {}
    text = col(histograms)
    query = within(point, instant, point_id, period, step, (text,)).where(text.is_not(None))
    for at, one in session.execute(query):
        histogram.add(found.setdefault(at, {}), histogram.decoded(one))
    return found


def _of_few(session: Session, point_id: PointId, period: Period) -> dict[int, Histogram]:
    """Return those of minutes whose reports are all of so few probes that each is known."""
    raw, found, many = StoredReport, dict[int, Histogram](), set[int]()
    rtts = (col(raw.rtt_ms), col(raw.rtt_min_ms), col(raw.rtt_max_ms))
    columns = (col(raw.probes_received), *rtts)
    query = within(raw.point_id, raw.at, point_id, period, Step.MINUTE, columns)
    for at, count, *of_them in session.execute(query.where(rtts[0].is_not(None))):
        if (count or 0) > histogram.MOST_KNOWN:
            many.add(at)
        histogram.add(found.setdefault(at, {}), histogram.of_probes(count or 0, *of_them))
    return {at: one for at, one in found.items() if at not in many}


def _rate_sums(
    point_id: PointId, period: Period, step: Step, names: Collection[str]
) -> Select[Any]:
    columns: Columns
    if step is Step.MINUTE:
        raw, report = InterfaceSample, StoredReport
        name, instant = col(raw.name), report.at
        columns = (
            name,
            func.count(col(raw.rx_bps)),
            whole(col(raw.rx_bps)),
            func.max(col(raw.rx_bps)),
            func.count(col(raw.tx_bps)),
            whole(col(raw.tx_bps)),
            func.max(col(raw.tx_bps)),
        )
        same = and_(col(raw.outbox_key) == report.outbox_key, col(raw.seq) == report.seq)
        query = within(report.point_id, instant, point_id, period, step, columns)
        query = query.select_from(sqlalchemy.join(report, raw, same))
    else:
        table = _INTERFACE[step]
        name, instant = col(table.name), table.begins_at
        columns = (
            name,
            whole(col(table.rx_samples)),
            whole(col(table.rx_sum_bps)),
            func.max(col(table.rx_max_bps)),
            whole(col(table.tx_samples)),
            whole(col(table.tx_sum_bps)),
            func.max(col(table.tx_max_bps)),
        )
        query = within(table.point_id, instant, point_id, period, step, columns)
    if names:
        query = query.where(name.in_(names))
    return query.group_by(bucket_in(col(instant), step), name)


def _trains(point_id: PointId, period: Period) -> Select[Any]:
    one, at = Bandwidth, col(Bandwidth.at)
    columns: Columns = (at, col(one.available_bps), col(one.confidence_ratio), col(one.problem))
    return sqlalchemy.select(*columns).where(
        col(one.point_id) == point_id, at >= period.begins_at, at < period.ends_at
    )


def _link(
    begins_at: datetime,
    spread: Histogram | None,
    samples: int,
    sent: int | None,
    received: int | None,
    rtt_samples: int,
    rtt_sum_ms: float | None,
    rtt_min_ms: float | None,
    rtt_max_ms: float | None,
    jitter_samples: int,
    jitter_sum_ms: float | None,
) -> LinkBucket:
    quantiles: tuple[float, ...] = ()
    if spread:
        found = histogram.quantiles(spread, QUANTILES, rtt_min_ms, rtt_max_ms)
        quantiles = tuple(round(one, 2) for one in found)
    return LinkBucket(
        begins_at,
        samples=samples,
        rtt_ms=rtt_sum_ms / rtt_samples if rtt_samples and rtt_sum_ms is not None else None,
        rtt_min_ms=rtt_min_ms,
        rtt_max_ms=rtt_max_ms,
        jitter_ms=jitter_sum_ms / jitter_samples
        if jitter_samples and jitter_sum_ms is not None
        else None,
        loss_ratio=max(0.0, 1 - (received or 0) / sent) if sent else None,
        rtt_quantiles_ms=quantiles,
    )


def _interface(
    begins_at: datetime,
    rx_samples: int,
    rx_sum_bps: int | None,
    rx_max_bps: int | None,
    tx_samples: int,
    tx_sum_bps: int | None,
    tx_max_bps: int | None,
) -> InterfacePoint:
    return InterfacePoint(
        begins_at,
        rx_bps=(rx_sum_bps or 0) // rx_samples if rx_samples else None,
        tx_bps=(tx_sum_bps or 0) // tx_samples if tx_samples else None,
        rx_max_bps=rx_max_bps,
        tx_max_bps=tx_max_bps,
    )
