"""What came down of trains, beside what went up."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("bandwidth", sa.Column("down_bps", sa.BigInteger(), nullable=True))
    op.add_column("bandwidth", sa.Column("down_confidence_ratio", sa.Float(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("bandwidth", "down_confidence_ratio")
    op.drop_column("bandwidth", "down_bps")
