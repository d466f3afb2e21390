"""What came of throughput tests."""

import sqlalchemy as sa
from alembic import op

from controller.db.millis import UtcMillis

revision = "0018"
down_revision = "0014"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "throughput",
        sa.Column("outbox_key", _KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("at", UtcMillis(), nullable=False),
        sa.Column("test_id", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("problem", sa.String(400), nullable=False),
        sa.Column("idle_rtt_ms", sa.Float(), nullable=True),
        sa.Column("up_bps", sa.BigInteger(), nullable=True),
        sa.Column("up_at_least", sa.Boolean(), nullable=False),
        sa.Column("up_bytes", sa.BigInteger(), nullable=False),
        sa.Column("up_rtt_ms", sa.Float(), nullable=True),
        sa.Column("down_bps", sa.BigInteger(), nullable=True),
        sa.Column("down_at_least", sa.Boolean(), nullable=False),
        sa.Column("down_bytes", sa.BigInteger(), nullable=False),
        sa.Column("down_rtt_ms", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("outbox_key", "seq", name=op.f("pk_throughput")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_throughput_point_at", "throughput", ["point_id", "at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("throughput")
