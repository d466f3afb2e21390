"""Templates of papers that the office brought."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0033"
down_revision = "s0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "paper_template",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("file_name", sa.String(120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("taken_by", sa.String(60), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_paper_template")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("paper_template")
