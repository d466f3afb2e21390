"""How round trips were spread over five minutes and hours, and the rates of devices' ports."""

import sqlalchemy as sa
from alembic import op

from controller.db.millis import UtcMillis

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLES = ("health_5min", "health_1h")


def upgrade() -> None:
    """Apply."""
    for name in _TABLES:
        op.add_column(name, sa.Column("rtt_histogram", sa.Text(), nullable=True))
    for name in ("port_5min", "port_1h"):
        op.create_table(
            name,
            sa.Column("point_id", sa.String(40), nullable=False),
            sa.Column("begins_at", UtcMillis(), nullable=False),
            sa.Column("device_id", sa.String(20), nullable=False),
            sa.Column("if_index", sa.BigInteger(), nullable=False),
            sa.Column("samples", sa.Integer(), nullable=False),
            sa.Column("up_samples", sa.Integer(), nullable=False),
            sa.Column("in_samples", sa.Integer(), nullable=False),
            sa.Column("in_sum_bps", sa.BigInteger(), nullable=False),
            sa.Column("in_max_bps", sa.BigInteger(), nullable=True),
            sa.Column("out_samples", sa.Integer(), nullable=False),
            sa.Column("out_sum_bps", sa.BigInteger(), nullable=False),
            sa.Column("out_max_bps", sa.BigInteger(), nullable=True),
            sa.PrimaryKeyConstraint(
                "point_id", "begins_at", "device_id", "if_index", name=op.f(f"pk_{name}")
            ),
            sqlite_with_rowid=False,
        )
    op.create_index("ix_port_5min_begins_at", "port_5min", ["begins_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("port_1h")
    op.drop_table("port_5min")
    for name in _TABLES:
        op.drop_column(name, "rtt_histogram")
