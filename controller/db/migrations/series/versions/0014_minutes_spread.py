"""How a minute's round trips were spread, with the report that says so."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("report", sa.Column("rtt_histogram", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("report", "rtt_histogram")
