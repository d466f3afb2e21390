"""What points' devices said unasked."""

import sqlalchemy as sa
from alembic import op

from controller.db.millis import UtcMillis

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "device_trap",
        sa.Column("outbox_key", _KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("at", UtcMillis(), nullable=False),
        sa.Column("device_id", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("oid", sa.String(120), nullable=False),
        sa.Column("if_index", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(120), nullable=True),
        sa.Column("text", sa.String(120), nullable=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("outbox_key", "seq", "place", name=op.f("pk_device_trap")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_device_trap_point_at", "device_trap", ["point_id", "at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("device_trap")
