"""Points whose name two machines use."""

import sqlalchemy as sa
from alembic import op

from controller.db.millis import UtcMillis

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "point_twins",
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("began_at", UtcMillis(), nullable=False),
        sa.Column("seen_at", UtcMillis(), nullable=False),
        sa.PrimaryKeyConstraint("point_id", name=op.f("pk_point_twins")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("point_twins")
