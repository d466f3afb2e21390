"""From reports to rows, in the order of the tables' columns (controller/ingest/tables.py)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from contracts.reports import BandwidthBody, HealthBody, InventoryBody, MediaBody, Report
from controller.db.millis import to_ms
from controller.ingest.arrivals import Arrival, stored_kind
from controller.ingest.bulk import Row

MAX_PROBES = 1_000_000
"""More than a report can honestly claim; keeps sums within their columns."""

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
    inventory: list[Row] = field(default_factory=list)
    media_sample: list[Row] = field(default_factory=list)
    media_slot: list[Row] = field(default_factory=list)


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
            case InventoryBody():
                rows.inventory.append((*_place(keyed), _encoder.encode(body).decode()))
            case MediaBody():
                rows.media_sample.append(_media(keyed, body))
                rows.media_slot.extend(_slots(keyed, body))
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


_NO_FIGURES: Row = (None,) * 15


def _figures(body: HealthBody | None) -> Row:
    if body is None:
        return _NO_FIGURES
    gateway, link = body.gateway, body.link
    return (
        body.cpu_ratio,
        body.memory_ratio,
        body.disk_ratio,
        body.uptime_s,
        body.temperature_c,
        gateway.address if gateway else None,
        gateway.rtt_ms if gateway else None,
        min(link.sent, MAX_PROBES) if link else None,
        min(link.received, MAX_PROBES) if link else None,
        link.rtt_ms if link else None,
        link.rtt_min_ms if link else None,
        link.rtt_max_ms if link else None,
        link.jitter_ms if link else None,
        body.media,
        _encoder.encode(body.failures).decode() if body.failures else None,
    )


def _interfaces(keyed: Keyed, body: HealthBody) -> Iterable[Row]:
    seq = keyed.arrival.report.seq
    by_name = {interface.name: interface for interface in body.interfaces}
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
    )


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
