"""A point's machine was bought in a year, which somebody enters."""

import sqlalchemy as sa
from alembic import op

revision = "s0009"
down_revision = "s0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("point", sa.Column("purchase_year", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take back."""
    # Not in a batch: that would drop a table that others refer to.
    op.drop_column("point", "purchase_year")
