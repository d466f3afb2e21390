"""Since when power supplies ask for another battery."""

import sqlalchemy as sa
from alembic import op

from controller.db.millis import UtcMillis

revision = "0028"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "battery_asked",
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("device_id", sa.String(20), nullable=False),
        sa.Column("since", UtcMillis(), nullable=False),
        sa.PrimaryKeyConstraint("point_id", "device_id", name=op.f("pk_battery_asked")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("battery_asked")
