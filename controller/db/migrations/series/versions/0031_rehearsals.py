"""What points said of their rehearsals."""

import sqlalchemy as sa
from alembic import op

from controller.db.millis import UtcMillis

revision = "0031"
down_revision = "0029"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rehearsal",
        sa.Column("outbox_key", _KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("at", UtcMillis(), nullable=False),
        sa.Column("rehearsal_id", sa.String(16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("outbox_key", "seq", name=op.f("pk_rehearsal")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rehearsal_point_at", "rehearsal", ["point_id", "at"])
    op.create_index("ix_rehearsal_rehearsal_id", "rehearsal", ["rehearsal_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("rehearsal")
