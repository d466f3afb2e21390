"""A meeting says whether it is recorded."""

import sqlalchemy as sa
from alembic import op

revision = "s0004"
down_revision = "s0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Those that are there were set without a word of it: they are not recorded."""
    recorded: sa.Column[bool] = sa.Column(
        "is_recorded", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("meeting", recorded)


def downgrade() -> None:
    """Take back."""
    op.drop_column("meeting", "is_recorded")
