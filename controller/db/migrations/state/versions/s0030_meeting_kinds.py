"""A meeting says its type, its level and its secretary."""

import sqlalchemy as sa
from alembic import op

revision = "s0030"
down_revision = "s0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Those that are there were set without a word of it: of another type, level unknown."""
    kind: sa.Column[str] = sa.Column("kind", sa.String(20), nullable=False, server_default="other")
    secretary: sa.Column[str] = sa.Column(
        "secretary", sa.String(60), nullable=False, server_default=""
    )
    op.add_column("meeting", kind)
    op.add_column("meeting", sa.Column("level", sa.Integer(), nullable=True))
    op.add_column("meeting", secretary)


def downgrade() -> None:
    """Take back."""
    for name in ("secretary", "level", "kind"):
        op.drop_column("meeting", name)
