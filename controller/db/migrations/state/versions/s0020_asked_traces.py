"""Which points were asked to trace their way, how often, and when last."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0020"
down_revision = "s0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "asked_trace",
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("asked_total", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["point_id"], ["point.point_id"], name=op.f("fk_asked_trace_point_id_point")
        ),
        sa.PrimaryKeyConstraint("point_id", name=op.f("pk_asked_trace")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("asked_trace")
