"""Reports for tests of ingest."""

from datetime import UTC, datetime, timedelta
from typing import Any

from contracts import codec
from contracts.ids import MeetingId, PointId
from contracts.line import LineSection
from contracts.reports import (
    BandwidthBody,
    Body,
    ClockState,
    GatewaySection,
    HealthBody,
    InterfaceRate,
    InventoryBody,
    MediaBody,
    Report,
    SlotQuality,
)
from controller.ingest.arrivals import Arrival, OutboxName
from tests.bodies import health_body

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)
P1, P2 = PointId("xa-mot"), PointId("xa-hai")
OUTBOX = "outbox-0001"
BOOT = "ab" * 16
NTP = ClockState(source="ntp", error_ms=2.5)


def at(seconds: float) -> datetime:
    """Return T0 and some seconds."""
    return T0 + timedelta(seconds=seconds)


def health(seq: int, *, interfaces: tuple[InterfaceRate, ...] | None = None) -> HealthBody:
    """Return a whole health body whose figures depend on the number."""
    if interfaces is None:
        interfaces = (
            InterfaceRate(name="eth0", has_carrier=True, rx_bps=1000 * seq, tx_bps=500),
            InterfaceRate(name="wlan0", has_carrier=False, errors_total=seq),
        )
    return health_body(
        cpu_ratio=0.25,
        memory_ratio=0.5,
        disk_ratio=0.75,
        uptime_s=1000 + seq,
        interfaces=interfaces,
        gateway=GatewaySection(address="192.168.1.1", rtt_ms=1.5 if seq % 2 else None),
        link=LineSection(
            sent=3, received=2, rtt_ms=20.0 + seq, rtt_min_ms=20, rtt_max_ms=30, jitter_ms=2
        ),
        media="idle",
    )


def report(seq: int, *, body: Body | None = None, outbox_id: str = OUTBOX, **more) -> Report:
    """Return a report measured `seq` times ten seconds after T0."""
    values: dict[str, Any] = {
        "outbox_id": outbox_id,
        "seq": seq,
        "measured_at": at(10 * seq),
        "boot_id": BOOT,
        "monotonic_ms": 10_000 * seq,
        "clock": NTP,
        "body": health(seq) if body is None else body,
    }
    return Report(**(values | more))


def arrival(
    seq: int, *, point: PointId = P1, received_at: datetime | None = None, **more
) -> Arrival:
    """Return the arrival of a report, half a second after it was measured."""
    one = report(seq, **more)
    return Arrival(
        OutboxName(point, one.outbox_id),
        one,
        codec.encode(one),
        at=one.measured_at,
        received_at=received_at or one.measured_at + timedelta(seconds=0.5),
    )


BANDWIDTH = BandwidthBody(
    sent=20, received=20, train_bytes=28_000, available_bps=8_000_000, confidence_ratio=0.8
)
INVENTORY = InventoryBody(
    hostname="may-1", system="Debian 12", agent_version="0.1", processor="N100",
    processor_count=4, memory_bytes=8 << 30, disk_bytes=128 << 30,
)  # fmt: skip
MEDIA = MediaBody(
    meeting_id=MeetingId("m-1"),
    is_sending=True,
    rtt_ms=12.0,
    slots=(
        SlotQuality(slot="stage", shown_number=1, frames=250, packets=900, bitrate_bps=600_000),
        SlotQuality(slot="speaker", frames=249, frames_missing=1, gap_max_ms=80.0),
    ),
    heard_numbers=(1, 3),
)
