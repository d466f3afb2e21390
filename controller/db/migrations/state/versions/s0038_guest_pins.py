"""A guest's link may ask for a PIN; of it a hash is kept."""

import sqlalchemy as sa
from alembic import op

revision = "s0038"
down_revision = "s0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Links that are there ask for none."""
    op.add_column("guest_link", sa.Column("pin_hash", sa.String(200), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("guest_link", "pin_hash")
