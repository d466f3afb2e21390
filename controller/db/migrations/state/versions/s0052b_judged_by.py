"""By which allowance meetings were judged."""

import sqlalchemy as sa
from alembic import op

revision = "s0052b"
down_revision = "s0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("judged_meeting", sa.Column("allowed_min", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("judged_meeting", "allowed_min")
