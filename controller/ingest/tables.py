"""Tables of the series database: what arrives from the points. Written by ingest alone.

    outbox, held_range     which sequence numbers of which outbox the centre holds
    point_boot             each boot of a point's machine
    report                 one row per report of any kind; a health report's figures
    interface_sample       one row per interface of a health report
    bandwidth, throughput, inventory, media_sample, media_slot     the other kinds' bodies
    device_trap            what a point's devices said unasked
    latest_report          the newest report of each kind and point, whole
    health_5min, health_1h, interface_5min, interface_1h     roll-ups
    figure_5min, figure_1h     roll-ups of the open figures
    port_5min, port_1h     roll-ups of the interfaces of a point's devices
    presence_interval      the state of each point over time, without holes
    point_twins            points whose name two machines use
    ingest_span            when the centre was listening

Instants are integers of milliseconds (controller/db/millis.py). `measured_at` is the
point's own time; `at` is where the centre places it, the same unless the point's clock
cannot be trusted. Sums of roll-ups have their own counts: a mean is sum / count. How round
trips were spread is kept as text (monitoring/histogram.py).
"""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, Text, UniqueConstraint, text
from sqlmodel import Field

from controller.db.base import SeriesTable
from controller.db.millis import UtcMillis

_CLUSTERED = {"sqlite_with_rowid": False}
_KEY = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only for INTEGER, not for BIGINT."""

HAS_ERRORS = text("errors_counted > 0")
"""Of ports: nearly none. As it stands in the index, or that is not used."""


class KnownOutbox(SeriesTable, table=True):
    """One outbox file of a point; new whenever the file is new."""

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("point_id", "outbox_id", name="uq_outbox_name"),)
    outbox_key: int | None = Field(default=None, primary_key=True, sa_type=_KEY)
    point_id: str = Field(max_length=40)
    outbox_id: str = Field(max_length=32)
    first_seen_at: datetime = Field(sa_type=UtcMillis)
    last_seen_at: datetime = Field(sa_type=UtcMillis)


class HeldRange(SeriesTable, table=True):
    """Sequence numbers first_seq..last_seq of an outbox are held, pruned ones included."""

    __tablename__ = "held_range"
    __table_args__ = (_CLUSTERED,)
    outbox_key: int = Field(primary_key=True, sa_type=_KEY, foreign_key="outbox.outbox_key")
    first_seq: int = Field(primary_key=True, sa_type=BigInteger)
    last_seq: int = Field(sa_type=BigInteger)


class PointBoot(SeriesTable, table=True):
    """One boot of a point's machine, as far as reports of it arrived."""

    __tablename__ = "point_boot"
    __table_args__ = (UniqueConstraint("point_id", "boot_id", name="uq_point_boot_name"),)
    boot_key: int | None = Field(default=None, primary_key=True, sa_type=_KEY)
    point_id: str = Field(max_length=40)
    boot_id: str = Field(max_length=32)
    first_at: datetime = Field(sa_type=UtcMillis)


class StoredReport(SeriesTable, table=True):
    """One report: its key, its times, and the figures of a health report."""

    __tablename__ = "report"
    __table_args__ = (Index("ix_report_point_at", "point_id", "at"), _CLUSTERED)
    outbox_key: int = Field(primary_key=True, sa_type=_KEY)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    point_id: str = Field(max_length=40)
    kind: str = Field(max_length=12)
    at: datetime = Field(sa_type=UtcMillis)
    measured_at: datetime = Field(sa_type=UtcMillis)
    received_at: datetime = Field(sa_type=UtcMillis)
    boot_key: int = Field(sa_type=_KEY)
    monotonic_ms: int = Field(sa_type=BigInteger)
    clock_source: str = Field(max_length=8)
    clock_error_ms: float | None = None
    cpu_ratio: float | None = None
    memory_ratio: float | None = None
    disk_ratio: float | None = None
    uptime_s: int | None = Field(default=None, sa_type=BigInteger)
    temperature_c: float | None = None
    gateway_address: str | None = Field(default=None, max_length=120)
    gateway_rtt_ms: float | None = None
    probes_sent: int | None = Field(default=None, sa_type=BigInteger)
    probes_received: int | None = Field(default=None, sa_type=BigInteger)
    rtt_ms: float | None = None
    rtt_min_ms: float | None = None
    rtt_max_ms: float | None = None
    jitter_ms: float | None = None
    media: str | None = Field(default=None, max_length=12)
    failures: str | None = Field(default=None, sa_type=Text)
    rtt_histogram: str | None = Field(default=None, sa_type=Text)


class InterfaceSample(SeriesTable, table=True):
    """One interface over one sampling interval."""

    __tablename__ = "interface_sample"
    __table_args__ = (_CLUSTERED,)
    outbox_key: int = Field(primary_key=True, sa_type=_KEY)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    name: str = Field(primary_key=True, max_length=32)
    has_carrier: bool
    rx_bps: int | None = Field(default=None, sa_type=BigInteger)
    tx_bps: int | None = Field(default=None, sa_type=BigInteger)
    errors_total: int = Field(sa_type=BigInteger)
    drops_total: int = Field(sa_type=BigInteger)


class Bandwidth(SeriesTable, table=True):
    """What one packet train said of the line."""

    __tablename__ = "bandwidth"
    __table_args__ = (Index("ix_bandwidth_point_at", "point_id", "at"), _CLUSTERED)
    outbox_key: int = Field(primary_key=True, sa_type=_KEY)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    point_id: str = Field(max_length=40)
    at: datetime = Field(sa_type=UtcMillis)
    sent: int = Field(sa_type=BigInteger)
    received: int = Field(sa_type=BigInteger)
    train_bytes: int = Field(sa_type=BigInteger)
    available_bps: int | None = Field(default=None, sa_type=BigInteger)
    confidence_ratio: float
    problem: str = Field(default="", max_length=400)
    down_bps: int | None = Field(default=None, sa_type=BigInteger)
    down_confidence_ratio: float | None = None


class Inventory(SeriesTable, table=True):
    """What a point was made of at one time; `body` is an InventoryBody as JSON."""

    __tablename__ = "inventory"
    __table_args__ = (Index("ix_inventory_point_at", "point_id", "at"), _CLUSTERED)
    outbox_key: int = Field(primary_key=True, sa_type=_KEY)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    point_id: str = Field(max_length=40)
    at: datetime = Field(sa_type=UtcMillis)
    body: str = Field(sa_type=Text)


class MediaSample(SeriesTable, table=True):
    """What a point saw and heard of a meeting over one interval."""

    __tablename__ = "media_sample"
    __table_args__ = (
        Index("ix_media_sample_point_at", "point_id", "at"),
        Index("ix_media_sample_meeting_at", "meeting_id", "at"),
        _CLUSTERED,
    )
    outbox_key: int = Field(primary_key=True, sa_type=_KEY)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    point_id: str = Field(max_length=40)
    at: datetime = Field(sa_type=UtcMillis)
    meeting_id: str = Field(max_length=40)
    is_sending: bool
    rtt_ms: float | None = None
    heard_numbers: str = Field(default="", max_length=400)


class MediaSlot(SeriesTable, table=True):
    """One received slot of a media sample."""

    __tablename__ = "media_slot"
    __table_args__ = (_CLUSTERED,)
    outbox_key: int = Field(primary_key=True, sa_type=_KEY)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    slot: str = Field(primary_key=True, max_length=16)
    shown_number: int | None = Field(default=None, sa_type=BigInteger)
    frames: int = Field(sa_type=BigInteger)
    frames_missing: int = Field(sa_type=BigInteger)
    gap_max_ms: float | None = None
    latency_p50_ms: float | None = None
    latency_p95_ms: float | None = None
    packets: int = Field(sa_type=BigInteger)
    packets_lost: int = Field(sa_type=BigInteger)
    bitrate_bps: int | None = Field(default=None, sa_type=BigInteger)


class DeviceTrap(SeriesTable, table=True):
    """One thing that a device said unasked; `kind` is a TrapKind, `place` where in its report."""

    __tablename__ = "device_trap"
    __table_args__ = (Index("ix_device_trap_point_at", "point_id", "at"), _CLUSTERED)
    outbox_key: int = Field(primary_key=True, sa_type=_KEY)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    place: int = Field(primary_key=True)
    point_id: str = Field(max_length=40)
    at: datetime = Field(sa_type=UtcMillis)
    device_id: str = Field(max_length=20)
    kind: str = Field(max_length=24)
    oid: str = Field(max_length=120)
    if_index: int | None = Field(default=None, sa_type=BigInteger)
    name: str | None = Field(default=None, max_length=120)
    text: str | None = Field(default=None, max_length=120)
    count: int = Field(sa_type=BigInteger)


class LatestReport(SeriesTable, table=True):
    """The newest report of one kind of a point; `report` is a Report as JSON."""

    __tablename__ = "latest_report"
    point_id: str = Field(primary_key=True, max_length=40)
    kind: str = Field(primary_key=True, max_length=12)
    at: datetime = Field(sa_type=UtcMillis)
    received_at: datetime = Field(sa_type=UtcMillis)
    report: str = Field(sa_type=Text)


class HealthBucket(SeriesTable):
    """Columns of the health roll-ups; a bucket is [begins_at, begins_at + its length)."""

    point_id: str = Field(primary_key=True, max_length=40)
    begins_at: datetime = Field(primary_key=True, sa_type=UtcMillis)
    samples: int = 0
    probes_sent: int = Field(default=0, sa_type=BigInteger)
    probes_received: int = Field(default=0, sa_type=BigInteger)
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
    rtt_histogram: str | None = Field(default=None, sa_type=Text)


class Health5Min(HealthBucket, table=True):
    """Health over five minutes; kept ninety days."""

    __tablename__ = "health_5min"
    __table_args__ = (Index("ix_health_5min_begins_at", "begins_at"), _CLUSTERED)


class Health1H(HealthBucket, table=True):
    """Health over an hour; kept five years."""

    __tablename__ = "health_1h"
    __table_args__ = (_CLUSTERED,)


class InterfaceBucket(SeriesTable):
    """Columns of the interface roll-ups."""

    point_id: str = Field(primary_key=True, max_length=40)
    begins_at: datetime = Field(primary_key=True, sa_type=UtcMillis)
    name: str = Field(primary_key=True, max_length=32)
    samples: int = 0
    carrier_samples: int = 0
    rx_samples: int = 0
    rx_sum_bps: int = Field(default=0, sa_type=BigInteger)
    rx_max_bps: int | None = Field(default=None, sa_type=BigInteger)
    tx_samples: int = 0
    tx_sum_bps: int = Field(default=0, sa_type=BigInteger)
    tx_max_bps: int | None = Field(default=None, sa_type=BigInteger)
    errors_min: int | None = Field(default=None, sa_type=BigInteger)
    errors_max: int | None = Field(default=None, sa_type=BigInteger)
    drops_min: int | None = Field(default=None, sa_type=BigInteger)
    drops_max: int | None = Field(default=None, sa_type=BigInteger)


class Interface5Min(InterfaceBucket, table=True):
    """An interface over five minutes; kept 30 days."""

    __tablename__ = "interface_5min"
    __table_args__ = (Index("ix_interface_5min_begins_at", "begins_at"), _CLUSTERED)


class Interface1H(InterfaceBucket, table=True):
    """An interface over an hour; kept five years."""

    __tablename__ = "interface_1h"
    __table_args__ = (_CLUSTERED,)


class PortBucket(SeriesTable):
    """Columns of the roll-ups of what a point's devices say of their interfaces.

    `errors_counted`, `drops_counted`: frames; None: not known. Nearly all are 0, which takes no
    room on SQLite.
    """

    point_id: str = Field(primary_key=True, max_length=40)
    begins_at: datetime = Field(primary_key=True, sa_type=UtcMillis)
    device_id: str = Field(primary_key=True, max_length=20)
    if_index: int = Field(primary_key=True, sa_type=BigInteger)
    samples: int = 0
    up_samples: int = 0
    in_samples: int = 0
    in_sum_bps: int = Field(default=0, sa_type=BigInteger)
    in_max_bps: int | None = Field(default=None, sa_type=BigInteger)
    out_samples: int = 0
    out_sum_bps: int = Field(default=0, sa_type=BigInteger)
    out_max_bps: int | None = Field(default=None, sa_type=BigInteger)
    errors_counted: int | None = Field(default=None, sa_type=BigInteger)
    drops_counted: int | None = Field(default=None, sa_type=BigInteger)


class Port5Min(PortBucket, table=True):
    """A device's interface over five minutes; kept 30 days."""

    __tablename__ = "port_5min"
    __table_args__ = (
        Index("ix_port_5min_begins_at", "begins_at"),
        Index(
            "ix_port_5min_errors",
            "begins_at",
            sqlite_where=HAS_ERRORS,
            postgresql_where=HAS_ERRORS,
        ),
        _CLUSTERED,
    )


class Port1H(PortBucket, table=True):
    """A device's interface over an hour; kept five years."""

    __tablename__ = "port_1h"
    __table_args__ = (_CLUSTERED,)


class FigureBucket(SeriesTable):
    """Columns of the open figures' roll-ups (monitoring/figures.py)."""

    point_id: str = Field(primary_key=True, max_length=40)
    begins_at: datetime = Field(primary_key=True, sa_type=UtcMillis)
    name: str = Field(primary_key=True, max_length=40)
    samples: int
    total: float
    lowest: float
    highest: float


class Figure5Min(FigureBucket, table=True):
    """A figure over five minutes; kept ninety days."""

    __tablename__ = "figure_5min"
    __table_args__ = (Index("ix_figure_5min_begins_at", "begins_at"), _CLUSTERED)


class Figure1H(FigureBucket, table=True):
    """A figure over an hour; kept five years."""

    __tablename__ = "figure_1h"
    __table_args__ = (_CLUSTERED,)


class PresenceInterval(SeriesTable, table=True):
    """A point's state from `began_at` on; `ended_at` None: still so."""

    __tablename__ = "presence_interval"
    __table_args__ = (
        Index("ix_presence_interval_point_began", "point_id", "began_at"),
        Index("ix_presence_interval_ended_at", "ended_at"),
    )
    interval_id: int | None = Field(default=None, primary_key=True, sa_type=_KEY)
    point_id: str = Field(max_length=40)
    state: str = Field(max_length=10)
    began_at: datetime = Field(sa_type=UtcMillis)
    noticed_at: datetime = Field(sa_type=UtcMillis)
    ended_at: datetime | None = Field(default=None, sa_type=UtcMillis)


class PointTwins(SeriesTable, table=True):
    """Two machines used a point's name, from `began_at` to `seen_at` at least."""

    __tablename__ = "point_twins"
    point_id: str = Field(primary_key=True, max_length=40)
    began_at: datetime = Field(sa_type=UtcMillis)
    seen_at: datetime = Field(sa_type=UtcMillis)


class IngestSpan(SeriesTable, table=True):
    """A span over which the centre was listening; what lies between two is unknown."""

    __tablename__ = "ingest_span"
    span_id: int | None = Field(default=None, primary_key=True, sa_type=_KEY)
    began_at: datetime = Field(sa_type=UtcMillis, index=True)
    alive_at: datetime = Field(sa_type=UtcMillis)
