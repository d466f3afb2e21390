"""The centre remembers which outer relays it has given up for now."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0005"
down_revision = "s0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "relay_absence",
        sa.Column("relay_id", sa.String(40), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("relay_id", name=op.f("pk_relay_absence")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("relay_absence")
