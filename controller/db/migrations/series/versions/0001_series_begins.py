"""The series database begins."""

import sqlalchemy as sa
from alembic import op

from controller.db.millis import UtcMillis

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    _create_bandwidth()
    _create_health_1h()
    _create_health_5min()
    _create_ingest_span()
    _create_interface_1h()
    _create_interface_5min()
    _create_interface_sample()
    _create_inventory()
    _create_latest_report()
    _create_media_sample()
    _create_media_slot()
    _create_outbox()
    _create_point_boot()
    _create_presence_interval()
    _create_report()
    _create_held_range()


def downgrade() -> None:
    """Take back."""
    for table in (
        "held_range",
        "report",
        "presence_interval",
        "point_boot",
        "outbox",
        "media_slot",
        "media_sample",
        "latest_report",
        "inventory",
        "interface_sample",
        "interface_5min",
        "interface_1h",
        "ingest_span",
        "health_5min",
        "health_1h",
        "bandwidth",
    ):
        op.drop_table(table)


def _create_bandwidth() -> None:
    op.create_table(
        "bandwidth",
        sa.Column("outbox_key", _KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("at", UtcMillis(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("train_bytes", sa.BigInteger(), nullable=False),
        sa.Column("available_bps", sa.BigInteger(), nullable=True),
        sa.Column("confidence_ratio", sa.Float(), nullable=False),
        sa.Column("problem", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("outbox_key", "seq", name=op.f("pk_bandwidth")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_bandwidth_point_at", "bandwidth", ["point_id", "at"])


def _create_health_1h() -> None:
    op.create_table(
        "health_1h",
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("begins_at", UtcMillis(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("probes_sent", sa.BigInteger(), nullable=False),
        sa.Column("probes_received", sa.BigInteger(), nullable=False),
        sa.Column("rtt_samples", sa.Integer(), nullable=False),
        sa.Column("rtt_sum_ms", sa.Float(), nullable=False),
        sa.Column("rtt_min_ms", sa.Float(), nullable=True),
        sa.Column("rtt_max_ms", sa.Float(), nullable=True),
        sa.Column("jitter_samples", sa.Integer(), nullable=False),
        sa.Column("jitter_sum_ms", sa.Float(), nullable=False),
        sa.Column("gateway_asked", sa.Integer(), nullable=False),
        sa.Column("gateway_answered", sa.Integer(), nullable=False),
        sa.Column("gateway_rtt_sum_ms", sa.Float(), nullable=False),
        sa.Column("cpu_samples", sa.Integer(), nullable=False),
        sa.Column("cpu_ratio_sum", sa.Float(), nullable=False),
        sa.Column("cpu_ratio_max", sa.Float(), nullable=True),
        sa.Column("memory_ratio_max", sa.Float(), nullable=True),
        sa.Column("disk_ratio_max", sa.Float(), nullable=True),
        sa.Column("temperature_max_c", sa.Float(), nullable=True),
        sa.Column("meeting_samples", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("point_id", "begins_at", name=op.f("pk_health_1h")),
        sqlite_with_rowid=False,
    )


def _create_health_5min() -> None:
    op.create_table(
        "health_5min",
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("begins_at", UtcMillis(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("probes_sent", sa.BigInteger(), nullable=False),
        sa.Column("probes_received", sa.BigInteger(), nullable=False),
        sa.Column("rtt_samples", sa.Integer(), nullable=False),
        sa.Column("rtt_sum_ms", sa.Float(), nullable=False),
        sa.Column("rtt_min_ms", sa.Float(), nullable=True),
        sa.Column("rtt_max_ms", sa.Float(), nullable=True),
        sa.Column("jitter_samples", sa.Integer(), nullable=False),
        sa.Column("jitter_sum_ms", sa.Float(), nullable=False),
        sa.Column("gateway_asked", sa.Integer(), nullable=False),
        sa.Column("gateway_answered", sa.Integer(), nullable=False),
        sa.Column("gateway_rtt_sum_ms", sa.Float(), nullable=False),
        sa.Column("cpu_samples", sa.Integer(), nullable=False),
        sa.Column("cpu_ratio_sum", sa.Float(), nullable=False),
        sa.Column("cpu_ratio_max", sa.Float(), nullable=True),
        sa.Column("memory_ratio_max", sa.Float(), nullable=True),
        sa.Column("disk_ratio_max", sa.Float(), nullable=True),
        sa.Column("temperature_max_c", sa.Float(), nullable=True),
        sa.Column("meeting_samples", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("point_id", "begins_at", name=op.f("pk_health_5min")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_health_5min_begins_at", "health_5min", ["begins_at"])


def _create_ingest_span() -> None:
    op.create_table(
        "ingest_span",
        sa.Column("span_id", _KEY, nullable=False),
        sa.Column("began_at", UtcMillis(), nullable=False),
        sa.Column("alive_at", UtcMillis(), nullable=False),
        sa.PrimaryKeyConstraint("span_id", name=op.f("pk_ingest_span")),
    )
    op.create_index("ix_ingest_span_began_at", "ingest_span", ["began_at"])


def _create_interface_1h() -> None:
    op.create_table(
        "interface_1h",
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("begins_at", UtcMillis(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("carrier_samples", sa.Integer(), nullable=False),
        sa.Column("rx_samples", sa.Integer(), nullable=False),
        sa.Column("rx_sum_bps", sa.BigInteger(), nullable=False),
        sa.Column("rx_max_bps", sa.BigInteger(), nullable=True),
        sa.Column("tx_samples", sa.Integer(), nullable=False),
        sa.Column("tx_sum_bps", sa.BigInteger(), nullable=False),
        sa.Column("tx_max_bps", sa.BigInteger(), nullable=True),
        sa.Column("errors_min", sa.BigInteger(), nullable=True),
        sa.Column("errors_max", sa.BigInteger(), nullable=True),
        sa.Column("drops_min", sa.BigInteger(), nullable=True),
        sa.Column("drops_max", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("point_id", "begins_at", "name", name=op.f("pk_interface_1h")),
        sqlite_with_rowid=False,
    )


def _create_interface_5min() -> None:
    op.create_table(
        "interface_5min",
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("begins_at", UtcMillis(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("carrier_samples", sa.Integer(), nullable=False),
        sa.Column("rx_samples", sa.Integer(), nullable=False),
        sa.Column("rx_sum_bps", sa.BigInteger(), nullable=False),
        sa.Column("rx_max_bps", sa.BigInteger(), nullable=True),
        sa.Column("tx_samples", sa.Integer(), nullable=False),
        sa.Column("tx_sum_bps", sa.BigInteger(), nullable=False),
        sa.Column("tx_max_bps", sa.BigInteger(), nullable=True),
        sa.Column("errors_min", sa.BigInteger(), nullable=True),
        sa.Column("errors_max", sa.BigInteger(), nullable=True),
        sa.Column("drops_min", sa.BigInteger(), nullable=True),
        sa.Column("drops_max", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("point_id", "begins_at", "name", name=op.f("pk_interface_5min")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_interface_5min_begins_at", "interface_5min", ["begins_at"])


def _create_interface_sample() -> None:
    op.create_table(
        "interface_sample",
        sa.Column("outbox_key", _KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("has_carrier", sa.Boolean(), nullable=False),
        sa.Column("rx_bps", sa.BigInteger(), nullable=True),
        sa.Column("tx_bps", sa.BigInteger(), nullable=True),
        sa.Column("errors_total", sa.BigInteger(), nullable=False),
        sa.Column("drops_total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("outbox_key", "seq", "name", name=op.f("pk_interface_sample")),
        sqlite_with_rowid=False,
    )


def _create_inventory() -> None:
    op.create_table(
        "inventory",
        sa.Column("outbox_key", _KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("at", UtcMillis(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("outbox_key", "seq", name=op.f("pk_inventory")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_inventory_point_at", "inventory", ["point_id", "at"])


def _create_latest_report() -> None:
    op.create_table(
        "latest_report",
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", UtcMillis(), nullable=False),
        sa.Column("received_at", UtcMillis(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("point_id", "kind", name=op.f("pk_latest_report")),
    )


def _create_media_sample() -> None:
    op.create_table(
        "media_sample",
        sa.Column("outbox_key", _KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("at", UtcMillis(), nullable=False),
        sa.Column("meeting_id", sa.String(length=40), nullable=False),
        sa.Column("is_sending", sa.Boolean(), nullable=False),
        sa.Column("rtt_ms", sa.Float(), nullable=True),
        sa.Column("heard_numbers", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("outbox_key", "seq", name=op.f("pk_media_sample")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_media_sample_meeting_at", "media_sample", ["meeting_id", "at"])
    op.create_index("ix_media_sample_point_at", "media_sample", ["point_id", "at"])


def _create_media_slot() -> None:
    op.create_table(
        "media_slot",
        sa.Column("outbox_key", _KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.String(length=16), nullable=False),
        sa.Column("shown_number", sa.BigInteger(), nullable=True),
        sa.Column("frames", sa.BigInteger(), nullable=False),
        sa.Column("frames_missing", sa.BigInteger(), nullable=False),
        sa.Column("gap_max_ms", sa.Float(), nullable=True),
        sa.Column("latency_p50_ms", sa.Float(), nullable=True),
        sa.Column("latency_p95_ms", sa.Float(), nullable=True),
        sa.Column("packets", sa.BigInteger(), nullable=False),
        sa.Column("packets_lost", sa.BigInteger(), nullable=False),
        sa.Column("bitrate_bps", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("outbox_key", "seq", "slot", name=op.f("pk_media_slot")),
        sqlite_with_rowid=False,
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("outbox_key", _KEY, nullable=False),
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("outbox_id", sa.String(length=32), nullable=False),
        sa.Column("first_seen_at", UtcMillis(), nullable=False),
        sa.Column("last_seen_at", UtcMillis(), nullable=False),
        sa.PrimaryKeyConstraint("outbox_key", name=op.f("pk_outbox")),
        sa.UniqueConstraint("point_id", "outbox_id", name="uq_outbox_name"),
    )


def _create_point_boot() -> None:
    op.create_table(
        "point_boot",
        sa.Column("boot_key", _KEY, nullable=False),
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("boot_id", sa.String(length=32), nullable=False),
        sa.Column("first_at", UtcMillis(), nullable=False),
        sa.PrimaryKeyConstraint("boot_key", name=op.f("pk_point_boot")),
        sa.UniqueConstraint("point_id", "boot_id", name="uq_point_boot_name"),
    )


def _create_presence_interval() -> None:
    op.create_table(
        "presence_interval",
        sa.Column("interval_id", _KEY, nullable=False),
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("began_at", UtcMillis(), nullable=False),
        sa.Column("noticed_at", UtcMillis(), nullable=False),
        sa.Column("ended_at", UtcMillis(), nullable=True),
        sa.PrimaryKeyConstraint("interval_id", name=op.f("pk_presence_interval")),
    )
    op.create_index("ix_presence_interval_ended_at", "presence_interval", ["ended_at"])
    op.create_index(
        "ix_presence_interval_point_began", "presence_interval", ["point_id", "began_at"]
    )


def _create_report() -> None:
    op.create_table(
        "report",
        sa.Column("outbox_key", _KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", UtcMillis(), nullable=False),
        sa.Column("measured_at", UtcMillis(), nullable=False),
        sa.Column("received_at", UtcMillis(), nullable=False),
        sa.Column("boot_key", _KEY, nullable=False),
        sa.Column("monotonic_ms", sa.BigInteger(), nullable=False),
        sa.Column("clock_source", sa.String(length=8), nullable=False),
        sa.Column("clock_error_ms", sa.Float(), nullable=True),
        sa.Column("cpu_ratio", sa.Float(), nullable=True),
        sa.Column("memory_ratio", sa.Float(), nullable=True),
        sa.Column("disk_ratio", sa.Float(), nullable=True),
        sa.Column("uptime_s", sa.BigInteger(), nullable=True),
        sa.Column("temperature_c", sa.Float(), nullable=True),
        sa.Column("gateway_address", sa.String(length=120), nullable=True),
        sa.Column("gateway_rtt_ms", sa.Float(), nullable=True),
        sa.Column("probes_sent", sa.BigInteger(), nullable=True),
        sa.Column("probes_received", sa.BigInteger(), nullable=True),
        sa.Column("rtt_ms", sa.Float(), nullable=True),
        sa.Column("rtt_min_ms", sa.Float(), nullable=True),
        sa.Column("rtt_max_ms", sa.Float(), nullable=True),
        sa.Column("jitter_ms", sa.Float(), nullable=True),
        sa.Column("media", sa.String(length=12), nullable=True),
        sa.Column("failures", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("outbox_key", "seq", name=op.f("pk_report")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_report_point_at", "report", ["point_id", "at"])


def _create_held_range() -> None:
    op.create_table(
        "held_range",
        sa.Column("outbox_key", _KEY, nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_key"], ["outbox.outbox_key"], name=op.f("fk_held_range_outbox_key_outbox")
        ),
        sa.PrimaryKeyConstraint("outbox_key", "first_seq", name=op.f("pk_held_range")),
        sqlite_with_rowid=False,
    )
