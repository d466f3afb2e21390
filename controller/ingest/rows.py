"""From reports to rows, in the order of the tables' columns (controller/ingest/tables.py)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

import msgspec
from msgspec.structs import astuple

from contracts.devices import TrapsBody
from contracts.line import LineSection, ProbedMinute
from contracts.rehearsal import RehearsalBody
from contracts.reports import (
    BandwidthBody,
    CollectorFailure,
    DiskSection,
    GatewaySection,
    HealthBody,
    HostSection,
    InventoryBody,
    MediaBody,
    Report,
    RoomSection,
)
from contracts.section import Section
from contracts.throughput import ThroughputBody, ThroughputWay
from contracts.way import WayBody
from controller.db.millis import to_ms
from controller.ingest.arrivals import Arrival, stored_kind
from controller.ingest.bulk import Row, Value
from controller.ingest.tables import StoredReport
from monitoring import histogram
from monitoring.figures import FIGURES
from monitoring.histogram import Histogram
from monitoring.judgement.lan import is_nameless

MAX_PROBES = 1_000_000
"""More than a report can honestly claim; keeps sums within their columns."""

NAMES, ELSEWHERE = "names", "elsewhere"
"""What finding the centre by its name is called among what failed in a report."""

_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Keyed:
    """An arrival with the numbers of its outbox and boot."""

    outbox_key: int
    boot_key: int
    arrival: Arrival


@dataclass(slots=True)
class Rows:
    """The rows of one batch, by table."""

    report: list[Row] = field(default_factory=list)
    interface_sample: list[Row] = field(default_factory=list)
    bandwidth: list[Row] = field(default_factory=list)
    throughput: list[Row] = field(default_factory=list)
    inventory: list[Row] = field(default_factory=list)
    media_sample: list[Row] = field(default_factory=list)
    media_slot: list[Row] = field(default_factory=list)
    device_trap: list[Row] = field(default_factory=list)
    way_trace: list[Row] = field(default_factory=list)
    rehearsal: list[Row] = field(default_factory=list)


def rows_of(batch: Iterable[Keyed]) -> Rows:
    """Return the rows of all reports of a batch."""
    rows = Rows()
    for keyed in batch:
        body = keyed.arrival.report.body
        rows.report.append(_head(keyed) + _figures(body if isinstance(body, HealthBody) else None))
        match body:
            case HealthBody():
                rows.interface_sample.extend(_interfaces(keyed, body))
            case BandwidthBody():
                rows.bandwidth.append(_bandwidth(keyed, body))
            case ThroughputBody():
                rows.throughput.append(_throughput(keyed, body))
            case InventoryBody():
                rows.inventory.append((*_place(keyed), _encoder.encode(body).decode()))
            case MediaBody():
                rows.media_sample.append(_media(keyed, body))
                rows.media_slot.extend(_slots(keyed, body))
            case TrapsBody():
                rows.device_trap.extend(_traps(keyed, body))
            case RehearsalBody():
                text = _encoder.encode(body).decode()
                rows.rehearsal.append((*_place(keyed), body.rehearsal_id, text))
            case WayBody():
                text = _encoder.encode(body).decode()
                rows.way_trace.append((*_place(keyed), body.reason, body.ending, text))
    return rows


def _place(keyed: Keyed) -> Row:
    """Outbox, seq, point and time: how every body's own table begins."""
    arrival = keyed.arrival
    seq = arrival.report.seq
    return (keyed.outbox_key, seq, arrival.name.point_id, to_ms(arrival.at))


def _head(keyed: Keyed) -> Row:
    arrival = keyed.arrival
    report: Report = arrival.report
    return (
        keyed.outbox_key,
        report.seq,
        arrival.name.point_id,
        stored_kind(report.body),
        to_ms(arrival.at),
        to_ms(report.measured_at),
        to_ms(arrival.received_at),
        keyed.boot_key,
        report.monotonic_ms,
        report.clock.source,
        report.clock.error_ms,
    )


_SOURCES = {
    **{f.columns.sample: (f.section, f.field or f.name) for f in FIGURES if f.columns},
    "uptime_s": ("host", "uptime_s"),
    "gateway_address": ("gateway", "address"),
    "probes_sent": ("probes", "sent"),
    "probes_received": ("probes", "received"),
    "rtt_min_ms": ("line", "rtt_min_ms"),
    "rtt_max_ms": ("line", "rtt_max_ms"),
    "media": ("room", "media"),
}
"""Which field of which section each column of a report holds, besides those of `_head`."""
_SECTIONS: dict[str, type[Section]] = {
    "host": HostSection,
    "disk": DiskSection,
    "gateway": GatewaySection,
    "line": LineSection,
    "room": RoomSection,
}
_NOTHING = {name: (None,) * len(one.__struct_fields__) for name, one in _SECTIONS.items()}
_FIELDS = [(name, of) for name, one in _SECTIONS.items() for of in one.__struct_fields__]
_FIELDS += [("probes", "sent"), ("probes", "received")]
_COLUMNS = [
    _FIELDS.index(_SOURCES[column.name])
    for column in StoredReport.metadata.tables["report"].columns
    if column.name in _SOURCES
]
_in_order: Callable[[Sequence[Value]], Row] = itemgetter(*_COLUMNS)
_NO_FIGURES: Row = (None,) * (len(_COLUMNS) + 2)


def _figures(body: HealthBody | None) -> Row:
    if body is None:
        return _NO_FIGURES
    values: list[Value] = []
    for name, nothing in _NOTHING.items():
        section = getattr(body, name)
        values.extend(nothing if section is None else astuple(section))
    line = body.line if body.line and body.line.sent else None
    values.append(min(line.sent, MAX_PROBES) if line else None)
    values.append(min(line.received, MAX_PROBES) if line else None)
    failed = (*body.failures, *_names_failed(body))
    failures = _encoder.encode(failed).decode() if failed else None
    minute = body.line.minute if body.line else None
    spread = histogram.encoded(spread_of(minute)) if minute else None
    return (*_in_order(values), failures, spread)


def _names_failed(body: HealthBody) -> Iterable[CollectorFailure]:
    """Give that no name server found the centre: kept as what failed, where outages are judged."""
    dns = body.dns
    if dns is not None and dns.resolvers and is_nameless(dns):
        said = ", ".join(
            f"{one.address} {one.answer if not one.elsewhere else f'{ELSEWHERE} {one.elsewhere}'}"
            for one in dns.resolvers
        )
        yield CollectorFailure(collector=NAMES, error=said, duration_ms=0)


def spread_of(minute: ProbedMinute) -> Histogram:
    """Return how a minute's round trips were spread."""
    spread: Histogram = {}
    for place, count in minute.rtt:
        histogram.add(spread, {place: min(count, MAX_PROBES)})
    return spread


def _interfaces(keyed: Keyed, body: HealthBody) -> Iterable[Row]:
    seq = keyed.arrival.report.seq
    rates = body.interfaces.rates if body.interfaces else ()
    by_name = {interface.name: interface for interface in rates}
    for name, interface in by_name.items():
        yield (
            keyed.outbox_key,
            seq,
            name,
            interface.has_carrier,
            interface.rx_bps,
            interface.tx_bps,
            interface.errors_total,
            interface.drops_total,
        )


def _bandwidth(keyed: Keyed, body: BandwidthBody) -> Row:
    return (
        *_place(keyed),
        body.sent,
        body.received,
        body.train_bytes,
        body.available_bps,
        body.confidence_ratio,
        body.problem,
        body.down_bps,
        None if body.down_bps is None else body.down_confidence_ratio,
    )


def _throughput(keyed: Keyed, body: ThroughputBody) -> Row:
    said = (body.test_id, body.outcome, body.reason, body.problem, body.idle_rtt_ms)
    ways = (one or ThroughputWay() for one in (body.up, body.down))
    figures = ((one.rate_bps, one.is_at_least, one.test_bytes, one.rtt_ms) for one in ways)
    return (*_place(keyed), *said, *(value for way in figures for value in way))


def _media(keyed: Keyed, body: MediaBody) -> Row:
    heard = " ".join(str(number) for number in body.heard_numbers)
    return (*_place(keyed), body.meeting_id, body.is_sending, body.rtt_ms, heard)


def _slots(keyed: Keyed, body: MediaBody) -> Iterable[Row]:
    seq = keyed.arrival.report.seq
    by_name = {slot.slot: slot for slot in body.slots}
    for name, slot in by_name.items():
        yield (
            keyed.outbox_key,
            seq,
            name,
            slot.shown_number,
            slot.frames,
            slot.frames_missing,
            slot.gap_max_ms,
            slot.latency_p50_ms,
            slot.latency_p95_ms,
            slot.packets,
            slot.packets_lost,
            slot.bitrate_bps,
        )


def _traps(keyed: Keyed, body: TrapsBody) -> Iterable[Row]:
    """Each at its own time: as long before the report as the point says."""
    arrival = keyed.arrival
    for place, trap in enumerate(body.traps):
        yield (
            keyed.outbox_key,
            arrival.report.seq,
            place,
            arrival.name.point_id,
            max(0, to_ms(arrival.at) - round(trap.age_ms)),
            trap.device_id,
            trap.kind,
            trap.oid,
            trap.index,
            trap.name,
            trap.text,
            trap.count,
        )
