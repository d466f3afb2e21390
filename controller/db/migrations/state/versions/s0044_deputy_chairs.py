"""Who chairs a meeting in the chair's place."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0044"
down_revision = "s0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("meeting", sa.Column("deputy_point_id", sa.String(40), nullable=True))
    op.add_column(
        "meeting", sa.Column("deputy_name", sa.String(60), nullable=False, server_default="")
    )
    op.add_column("meeting", sa.Column("deputy_since", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Take back."""
    for name in ("deputy_since", "deputy_name", "deputy_point_id"):
        op.drop_column("meeting", name)
