"""Roll-ups of open figures."""

import sqlalchemy as sa
from alembic import op

from controller.db.millis import UtcMillis

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for name in ("figure_5min", "figure_1h"):
        op.create_table(
            name,
            sa.Column("point_id", sa.String(40), nullable=False),
            sa.Column("begins_at", UtcMillis(), nullable=False),
            sa.Column("name", sa.String(40), nullable=False),
            sa.Column("samples", sa.Integer(), nullable=False),
            sa.Column("total", sa.Float(), nullable=False),
            sa.Column("lowest", sa.Float(), nullable=False),
            sa.Column("highest", sa.Float(), nullable=False),
            sa.PrimaryKeyConstraint("point_id", "begins_at", "name", name=op.f(f"pk_{name}")),
            sqlite_with_rowid=False,
        )
    op.create_index("ix_figure_5min_begins_at", "figure_5min", ["begins_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("figure_1h")
    op.drop_table("figure_5min")
