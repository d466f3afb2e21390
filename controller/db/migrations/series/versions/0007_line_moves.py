"""How often a line was sent another size, was silent, or was limited by its relay's load."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_COUNTS = ("moves", "silent_samples", "shed_samples")


def upgrade() -> None:
    """Apply."""
    for name in _COUNTS:
        counted = sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        op.add_column("call_minute", counted)
    op.add_column("call_minute", sa.Column("shed_rung_min", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take back."""
    for name in (*_COUNTS, "shed_rung_min"):
        op.drop_column("call_minute", name)
