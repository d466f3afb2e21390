"""Desired documents that points could not take over."""

import sqlalchemy as sa
from alembic import op

from controller.db.millis import UtcMillis

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "refused_document",
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("document", sa.String(20), nullable=False),
        sa.Column("refused_at", UtcMillis(), nullable=False),
        sa.Column("problem", sa.String(400), nullable=False),
        sa.PrimaryKeyConstraint("point_id", "document", name=op.f("pk_refused_document")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("refused_document")
