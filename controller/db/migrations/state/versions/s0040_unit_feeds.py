"""Calendars of units, to subscribe to."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0040"
down_revision = "s0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "unit_feed",
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.unit_id"], name=op.f("fk_unit_feed_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_unit_feed")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("unit_feed")
