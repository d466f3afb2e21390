"""What a point's line that is charged by volume may use a month, and when its month begins."""

import sqlalchemy as sa
from alembic import op

revision = "s0019"
down_revision = "s0023"
branch_labels = None
depends_on = None

_COLUMNS = (("budget_bytes", sa.BigInteger()), ("month_day", sa.Integer()))


def upgrade() -> None:
    """Apply."""
    for name, kind in _COLUMNS:
        op.add_column("point", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Take back."""
    for name, _ in reversed(_COLUMNS):
        op.drop_column("point", name)
