"""Which batteries of power supplies were replaced, as people say."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0028"
down_revision = "s0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "battery_change",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("device_id", sa.String(20), nullable=False),
        sa.Column("replaced_on", sa.String(10), nullable=False),
        sa.Column("replaced_by", sa.String(60), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.Column("said_by", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["point_id"], ["point.point_id"], name=op.f("fk_battery_change_point_id_point")
        ),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_battery_change")),
    )
    op.create_index("ix_battery_change_point_id", "battery_change", ["point_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("battery_change")
