"""Thresholds that are set in the page, with their history."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0022"
down_revision = "s0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "threshold_revision",
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(60), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("restored", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_threshold_revision")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("threshold_revision")
