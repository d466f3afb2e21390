"""Points that a meeting does not begin without."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0052"
down_revision = "s0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "required_point",
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("set_by", sa.String(60), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("meeting_id", "point_id", name=op.f("pk_required_point")),
    )
    op.create_index(op.f("ix_required_point_set_at"), "required_point", ["set_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_required_point_set_at"), "required_point")
    op.drop_table("required_point")
