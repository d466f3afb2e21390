"""What relays said of each point's line in a meeting, by the minute."""

import sqlalchemy as sa
from alembic import op

from controller.db.millis import UtcMillis

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "call_minute",
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("begins_at", UtcMillis(), nullable=False),
        sa.Column("up_samples", sa.Integer(), nullable=False),
        sa.Column("up_loss_sum", sa.Float(), nullable=False),
        sa.Column("up_loss_max", sa.Float(), nullable=True),
        sa.Column("up_jitter_max_ms", sa.Float(), nullable=True),
        sa.Column("up_mos_min", sa.Float(), nullable=True),
        sa.Column("up_bps_max", sa.BigInteger(), nullable=True),
        sa.Column("frozen_ratio_max", sa.Float(), nullable=True),
        sa.Column("stalled_ratio_max", sa.Float(), nullable=True),
        sa.Column("down_samples", sa.Integer(), nullable=False),
        sa.Column("down_loss_sum", sa.Float(), nullable=False),
        sa.Column("down_loss_max", sa.Float(), nullable=True),
        sa.Column("down_jitter_max_ms", sa.Float(), nullable=True),
        sa.Column("down_mos_min", sa.Float(), nullable=True),
        sa.Column("down_bps_max", sa.BigInteger(), nullable=True),
        sa.Column("rung_min", sa.Integer(), nullable=True),
        sa.Column("rtt_max_ms", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("meeting_id", "point_id", "begins_at", name=op.f("pk_call_minute")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_call_minute_begins_at", "call_minute", ["begins_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("call_minute")
