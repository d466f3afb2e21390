"""Roll-ups: what a batch adds to its five minutes and hours.

Everything here adds up in any order (sums, counts, minima, maxima), so late reports
land in their own bucket; each report is added once because it is stored once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TypeVar

from sqlalchemy import Connection

from contracts.ids import PointId
from contracts.reports import HealthBody, InterfaceRate
from controller.db.base import SeriesTable
from controller.db.millis import to_ms
from controller.ingest import figure_rollups
from controller.ingest.arrivals import Arrival
from controller.ingest.bulk import Bulk, Row, added, largest, smallest
from controller.ingest.rows import MAX_PROBES
from controller.ingest.tables import Health1H, Health5Min, Interface1H, Interface5Min

FIVE_MINUTES_MS, HOUR_MS = 300_000, 3_600_000


@dataclass(slots=True)
class _Health:
    """The columns of a health roll-up after its key, in order."""

    samples: int = 0
    probes_sent: int = 0
    probes_received: int = 0
    rtt_samples: int = 0
    rtt_sum_ms: float = 0.0
    rtt_min_ms: float | None = None
    rtt_max_ms: float | None = None
    jitter_samples: int = 0
    jitter_sum_ms: float = 0.0
    gateway_asked: int = 0
    gateway_answered: int = 0
    gateway_rtt_sum_ms: float = 0.0
    cpu_samples: int = 0
    cpu_ratio_sum: float = 0.0
    cpu_ratio_max: float | None = None
    memory_ratio_max: float | None = None
    disk_ratio_max: float | None = None
    temperature_max_c: float | None = None
    meeting_samples: int = 0

    def add(self, body: HealthBody) -> None:
        """Add one report."""
        self.samples += 1
        self.meeting_samples += body.media == "in_meeting"
        self._add_link(body)
        if body.gateway is not None:
            self.gateway_asked += 1
            if body.gateway.rtt_ms is not None:
                self.gateway_answered += 1
                self.gateway_rtt_sum_ms += body.gateway.rtt_ms
        if body.cpu_ratio is not None:
            self.cpu_samples += 1
            self.cpu_ratio_sum += body.cpu_ratio
        self.cpu_ratio_max = _largest(self.cpu_ratio_max, body.cpu_ratio)
        self.memory_ratio_max = _largest(self.memory_ratio_max, body.memory_ratio)
        self.disk_ratio_max = _largest(self.disk_ratio_max, body.disk_ratio)
        self.temperature_max_c = _largest(self.temperature_max_c, body.temperature_c)

    def _add_link(self, body: HealthBody) -> None:
        link = body.link
        if link is None:
            return
        self.probes_sent += min(link.sent, MAX_PROBES)
        self.probes_received += min(link.received, MAX_PROBES)
        if link.rtt_ms is not None:
            self.rtt_samples += 1
            self.rtt_sum_ms += link.rtt_ms
            lowest = link.rtt_ms if link.rtt_min_ms is None else link.rtt_min_ms
            highest = link.rtt_ms if link.rtt_max_ms is None else link.rtt_max_ms
            self.rtt_min_ms = _smallest(self.rtt_min_ms, lowest)
            self.rtt_max_ms = _largest(self.rtt_max_ms, highest)
        if link.jitter_ms is not None:
            self.jitter_samples += 1
            self.jitter_sum_ms += link.jitter_ms


@dataclass(slots=True)
class _Interface:
    """The columns of an interface roll-up after its key, in order."""

    samples: int = 0
    carrier_samples: int = 0
    rx_samples: int = 0
    rx_sum_bps: int = 0
    rx_max_bps: int | None = None
    tx_samples: int = 0
    tx_sum_bps: int = 0
    tx_max_bps: int | None = None
    errors_min: int | None = None
    errors_max: int | None = None
    drops_min: int | None = None
    drops_max: int | None = None

    def add(self, rate: InterfaceRate) -> None:
        """Add one report's rates."""
        self.samples += 1
        self.carrier_samples += rate.has_carrier
        if rate.rx_bps is not None:
            self.rx_samples += 1
            self.rx_sum_bps += rate.rx_bps
        if rate.tx_bps is not None:
            self.tx_samples += 1
            self.tx_sum_bps += rate.tx_bps
        self.rx_max_bps = _largest(self.rx_max_bps, rate.rx_bps)
        self.tx_max_bps = _largest(self.tx_max_bps, rate.tx_bps)
        self.errors_min = _smallest(self.errors_min, rate.errors_total)
        self.errors_max = _largest(self.errors_max, rate.errors_total)
        self.drops_min = _smallest(self.drops_min, rate.drops_total)
        self.drops_max = _largest(self.drops_max, rate.drops_total)


N = TypeVar("N", int, float)


def _smallest(old: N | None, new: N | None) -> N | None:
    return new if old is None or (new is not None and new < old) else old


def _largest(old: N | None, new: N | None) -> N | None:
    return new if old is None or (new is not None and new > old) else old


def _merging(model: type[SeriesTable]) -> Bulk:
    """Return the writer of a roll-up; its columns' names say how each adds up."""
    merge: dict[str, str] = {}
    for column in model.metadata.tables[str(model.__tablename__)].columns:
        if column.primary_key:
            continue
        if "_min" in column.name:
            merge |= smallest(column.name)
        elif "_max" in column.name:
            merge |= largest(column.name)
        else:
            merge |= added(column.name)
    return Bulk(model, merge)


_WIDTHS = (
    (FIVE_MINUTES_MS, _merging(Health5Min), _merging(Interface5Min)),
    (HOUR_MS, _merging(Health1H), _merging(Interface1H)),
)


_health_values: Callable[[_Health], Row] = attrgetter(*(f.name for f in fields(_Health)))
_interface_values: Callable[[_Interface], Row] = attrgetter(*(f.name for f in fields(_Interface)))


def add(
    connection: Connection, arrivals: Iterable[Arrival], admits: Callable[[PointId, str], bool]
) -> None:
    """Add reports that were not stored before to their five minutes and hours.

    Args:
        admits: whether a point's interface of this name has buckets.
    """
    measured = [
        (
            arrival.name.point_id,
            to_ms(arrival.at),
            arrival.report.body,
            [
                rate
                for rate in arrival.report.body.interfaces
                if admits(arrival.name.point_id, rate.name)
            ],
        )
        for arrival in arrivals
        if isinstance(arrival.report.body, HealthBody)
    ]
    figure_rollups.add(connection, ((point, at, body) for point, at, body, _ in measured))
    for width_ms, health_bulk, interface_bulk in _WIDTHS:
        health: dict[tuple[str, int], _Health] = {}
        interfaces: dict[tuple[str, int, str], _Interface] = {}
        for point_id, at_ms, body, rates in measured:
            begins_ms = at_ms - at_ms % width_ms
            health.setdefault((point_id, begins_ms), _Health()).add(body)
            for rate in rates:
                key = (point_id, begins_ms, rate.name)
                interfaces.setdefault(key, _Interface()).add(rate)
        health_bulk.write(connection, [(*key, *_health_values(v)) for key, v in health.items()])
        interface_bulk.write(
            connection, [(*key, *_interface_values(v)) for key, v in interfaces.items()]
        )
