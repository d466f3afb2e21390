"""Screens on walls show the wall view by a link."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0011"
down_revision = "s0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "wall_screen",
        sa.Column("screen_id", sa.String(20), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(60), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("browser_sha256", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("screen_id", name=op.f("pk_wall_screen")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("wall_screen")
