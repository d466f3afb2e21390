"""Throughput tests that points were allowed."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0021"
down_revision = "s0018c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "line_test",
        sa.Column("test_id", sa.String(16), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("cause", sa.String(8), nullable=False),
        sa.Column("asked_by", sa.String(60), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("begins_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("most_bytes", sa.BigInteger(), nullable=False),
        sa.Column("shared", sa.String(1000), nullable=False),
        sa.Column("stopped_by", sa.String(60), nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.CheckConstraint("cause IN ('night', 'asked')", name=op.f("ck_line_test_cause")),
        sa.PrimaryKeyConstraint("test_id", name=op.f("pk_line_test")),
    )
    op.create_index("ix_line_test_point_made", "line_test", ["point_id", "made_at"])
    op.create_index(op.f("ix_line_test_made_at"), "line_test", ["made_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("line_test")
