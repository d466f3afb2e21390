"""Roll-ups: what a batch adds to its five minutes and hours.

Everything here adds up in any order (sums, counts, minima, maxima), so late reports
land in their own bucket; each report is added once because it is stored once.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TypeVar

from sqlalchemy import Connection

from contracts.ids import PointId
from contracts.reports import HealthBody, InterfaceRate, InterfacesSection
from controller.db.base import SeriesTable
from controller.db.millis import to_ms
from controller.ingest import figure_rollups
from controller.ingest.arrivals import Arrival
from controller.ingest.bulk import Bulk, Row, added, largest, smallest
from controller.ingest.rows import MAX_PROBES
from controller.ingest.tables import Health1H, Health5Min, Interface1H, Interface5Min
from monitoring.figures import FigureReading, measured

FIVE_MINUTES_MS, HOUR_MS = 300_000, 3_600_000


_HEALTH_COLUMNS = tuple(
    column.name
    for column in Health1H.metadata.tables["health_1h"].columns
    if not column.primary_key
)


class _Health(dict[str, float | None]):
    """The columns of a health roll-up after its key."""

    def __init__(self) -> None:
        super().__init__(
            (name, None if "_min" in name or "_max" in name else 0) for name in _HEALTH_COLUMNS
        )

    def add(self, body: HealthBody, found: Sequence[FigureReading]) -> None:
        """Add one report and the figures in it."""
        self._count("samples")
        if body.room and body.room.media == "in_meeting":
            self._count("meeting_samples")
        if body.gateway and body.gateway.address is not None:
            self._count("gateway_asked")
        if body.line:
            self._count("probes_sent", min(body.line.sent, MAX_PROBES))
            self._count("probes_received", min(body.line.received, MAX_PROBES))
        for one in found:
            columns = one.figure.columns
            if columns is None:
                continue
            if columns.count:
                self._count(columns.count)
                self._count(columns.total, one.value)
            if columns.lowest:
                self[columns.lowest] = _smallest(self[columns.lowest], one.lowest)
            if columns.highest:
                self[columns.highest] = _largest(self[columns.highest], one.highest)

    def _count(self, name: str, more: float = 1) -> None:
        self[name] = (self[name] or 0) + more


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


_interface_values: Callable[[_Interface], Row] = attrgetter(*(f.name for f in fields(_Interface)))


_NO_INTERFACES = InterfacesSection()


@dataclass(frozen=True, slots=True)
class _Report:
    """What roll-ups take of one report."""

    point_id: PointId
    at_ms: int
    body: HealthBody
    figures: Sequence[FigureReading]
    rates: Sequence[InterfaceRate]


def add(
    connection: Connection, arrivals: Iterable[Arrival], admits: Callable[[PointId, str], bool]
) -> None:
    """Add reports that were not stored before to their five minutes and hours.

    Args:
        admits: whether a point's interface of this name has buckets.
    """
    bodies = [
        (arrival.name.point_id, to_ms(arrival.at), arrival.report.body)
        for arrival in arrivals
        if isinstance(arrival.report.body, HealthBody)
    ]
    reports = [
        _Report(
            point_id,
            at_ms,
            body,
            tuple(measured(body)),
            [r for r in (body.interfaces or _NO_INTERFACES).rates if admits(point_id, r.name)],
        )
        for point_id, at_ms, body in bodies
    ]
    figure_rollups.add(connection, ((r.point_id, r.at_ms, r.figures) for r in reports))
    for width_ms, health_bulk, interface_bulk in _WIDTHS:
        health: dict[tuple[str, int], _Health] = {}
        interfaces: dict[tuple[str, int, str], _Interface] = {}
        for one in reports:
            bucket = (one.point_id, one.at_ms - one.at_ms % width_ms)
            if bucket not in health:
                health[bucket] = _Health()
            health[bucket].add(one.body, one.figures)
            for rate in one.rates:
                interfaces.setdefault((*bucket, rate.name), _Interface()).add(rate)
        health_bulk.write(connection, [(*key, *v.values()) for key, v in health.items()])
        interface_bulk.write(
            connection, [(*key, *_interface_values(v)) for key, v in interfaces.items()]
        )
