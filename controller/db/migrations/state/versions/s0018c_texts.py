"""The alerts' texts that somebody has changed."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0018c"
down_revision = "s0018b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "alert_text",
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("text", sa.String(400), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_alert_text")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("alert_text")
