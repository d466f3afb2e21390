"""Roll-ups: what a batch adds to its five minutes and hours (controller/ingest/buckets.py).

Each report is added once because it is stored once.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import Connection

from contracts.devices import SeenDevice, SeenInterface, SnmpBody, counted
from contracts.ids import PointId
from contracts.line import LineSection
from contracts.reports import HealthBody, InterfaceRate
from controller.db.millis import to_ms
from controller.ingest.arrivals import Arrival
from controller.ingest.buckets import Buckets, Key, Values
from controller.ingest.rows import MAX_PROBES, spread_of
from controller.ingest.tables import (
    Figure1H,
    Figure5Min,
    Health1H,
    Health5Min,
    Interface1H,
    Interface5Min,
    Port1H,
    Port5Min,
)
from monitoring import histogram
from monitoring.figures import FIGURES, Columns, FigureReading, measured
from monitoring.histogram import Histogram

_health = Buckets(Health5Min, Health1H)
_interfaces = Buckets(Interface5Min, Interface1H)
_figures = Buckets(Figure5Min, Figure1H)
_ports = Buckets(Port5Min, Port1H)

Found = list[tuple[Key, Values]]


Admits = Callable[[PointId, str], bool]


def add(
    connection: Connection,
    arrivals: Iterable[Arrival],
    admits: Admits,
    admits_port: Admits,
) -> None:
    """Add reports that were not stored before to their five minutes and hours.

    Args:
        admits: whether a point's interface of this name has buckets.
        admits_port: whether one of a device of it has, by device and number.
    """
    health: Found = []
    interfaces: Found = []
    figures: Found = []
    ports: Found = []
    spread: list[tuple[Key, Histogram]] = []
    for arrival in arrivals:
        body = arrival.report.body
        point_id, at_ms = arrival.name.point_id, to_ms(arrival.at)
        if isinstance(body, SnmpBody):
            ports += _ports_of(point_id, at_ms, body, admits_port)
        if not isinstance(body, HealthBody):
            continue
        values = _state_of(body)
        for one in measured(body):
            places = _PLACES.get(one.figure.name)
            if places is None:
                key = (point_id, at_ms, (one.figure.name,))
                figures.append((key, [1, one.value, one.value, one.value]))
            else:
                _put(values, places, one)
        health.append(((point_id, at_ms, ()), values))
        if body.line is not None and (probes := probes_of(body.line)):
            spread.append(((point_id, at_ms, ()), probes))
        for rate in body.interfaces.rates if body.interfaces else ():
            if admits(point_id, rate.name):
                interfaces.append(((point_id, at_ms, (rate.name,)), _rates_of(rate)))
    _figures.add(connection, figures)
    _health.add(connection, health, spread)
    _interfaces.add(connection, interfaces)
    _ports.add(connection, ports)


def probes_of(line: LineSection) -> Histogram:
    """Return how the round trips of a report's probes were spread, or of its minute's."""
    if line.minute is not None:
        return spread_of(line.minute)
    if line.up is not None:
        return {}  # its minute will tell
    count = min(line.received, MAX_PROBES)
    return histogram.of_probes(count, line.rtt_ms, line.rtt_min_ms, line.rtt_max_ms)


_SAMPLES, _IN_MEETING, _GATEWAY, _SENT, _RECEIVED = (
    _health.place_of[name]
    for name in ("samples", "meeting_samples", "gateway_asked", "probes_sent", "probes_received")
)


def _state_of(body: HealthBody) -> Values:
    """Return a report's health without its figures."""
    values = _health.nothing.copy()
    values[_SAMPLES] = 1
    if body.room and body.room.media == "in_meeting":
        values[_IN_MEETING] = 1
    if body.gateway and body.gateway.address is not None:
        values[_GATEWAY] = 1
    if body.line:
        values[_SENT] = min(body.line.sent, MAX_PROBES)
        values[_RECEIVED] = min(body.line.received, MAX_PROBES)
    return values


_Places = tuple[int | None, int | None, int | None, int | None]


def _places(columns: Columns) -> _Places:
    count, total, lowest, highest = (
        _health.place_of.get(name)
        for name in (columns.count, columns.total, columns.lowest, columns.highest)
    )
    return count, total, lowest, highest


_PLACES = {figure.name: _places(figure.columns) for figure in FIGURES if figure.columns}
"""Where in a row of health a figure's count, sum, lowest and highest are; None: nowhere."""


def _put(values: Values, places: _Places, one: FigureReading) -> None:
    count, total, lowest, highest = places
    if count is not None:
        values[count] = 1
    if total is not None:
        values[total] = one.value
    if lowest is not None:
        values[lowest] = one.lowest
    if highest is not None:
        values[highest] = one.highest


def _rates_of(rate: InterfaceRate) -> Values:
    """Return an interface's columns of one report, in the table's order."""
    rx_bps, tx_bps = rate.rx_bps, rate.tx_bps
    return [
        1,
        int(rate.has_carrier),
        0 if rx_bps is None else 1,
        rx_bps or 0,
        rx_bps,
        0 if tx_bps is None else 1,
        tx_bps or 0,
        tx_bps,
        rate.errors_total,
        rate.errors_total,
        rate.drops_total,
        rate.drops_total,
    ]


def _ports_of(point_id: PointId, at_ms: int, body: SnmpBody, admits: Admits) -> Found:
    """Return what devices that answer say of their interfaces; of others it is old."""
    return [
        ((point_id, at_ms, (one.device_id, port.index)), _port_values_of(one, port))
        for one in body.devices
        if one.answer == "answers"
        for port in one.interfaces
        if admits(point_id, f"{one.device_id}/{port.index}")
    ]


def _port_values_of(device: SeenDevice, port: SeenInterface) -> Values:
    """Return the columns of an interface of a device, in the table's order."""
    in_bps, out_bps = port.in_bps, port.out_bps
    return [
        1,
        int(port.is_up is True),
        0 if in_bps is None else 1,
        in_bps or 0,
        in_bps,
        0 if out_bps is None else 1,
        out_bps or 0,
        out_bps,
        counted(device, port, "errors"),
        counted(device, port, "drops"),
    ]
