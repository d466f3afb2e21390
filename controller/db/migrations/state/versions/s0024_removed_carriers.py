"""Carriers that were entered by mistake are removed, and can be had back."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0024"
down_revision = "s0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("carrier", sa.Column("removed_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.execute("DELETE FROM carrier WHERE removed_at IS NOT NULL AND carrier_id NOT IN "
               "(SELECT carrier_id FROM line_contract)")  # fmt: skip
    op.drop_column("carrier", "removed_at")
