"""Meetings that recur: the series, and which date of it a meeting is."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0029"
down_revision = "s0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "meeting_series",
        sa.Column("series_id", sa.String(40), nullable=False),
        sa.Column("rule", sa.String(200), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("holidays", sa.String(8), nullable=False),
        sa.Column("skipped", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(60), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "holidays IN ('skip', 'next', 'keep')", name=op.f("ck_meeting_series_holidays")
        ),
        sa.PrimaryKeyConstraint("series_id", name=op.f("pk_meeting_series")),
    )
    op.add_column("meeting", sa.Column("series_id", sa.String(40), nullable=True))
    op.add_column("meeting", sa.Column("series_at", UtcDateTime(), nullable=True))
    op.create_index("ix_meeting_series_id_series_at", "meeting", ["series_id", "series_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_meeting_series_id_series_at", "meeting")
    op.drop_column("meeting", "series_at")
    op.drop_column("meeting", "series_id")
    op.drop_table("meeting_series")
