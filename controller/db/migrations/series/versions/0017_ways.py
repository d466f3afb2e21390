"""The ways that points traced, and from which addresses they come."""

import sqlalchemy as sa
from alembic import op

from controller.db.millis import UtcMillis

revision = "0017"
down_revision = "0018"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "way_trace",
        sa.Column("outbox_key", _KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("at", UtcMillis(), nullable=False),
        sa.Column("reason", sa.String(10), nullable=False),
        sa.Column("ending", sa.String(12), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("outbox_key", "seq", name=op.f("pk_way_trace")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_way_trace_point_at", "way_trace", ["point_id", "at"])
    op.create_index("ix_way_trace_at", "way_trace", ["at"])
    op.create_table(
        "public_address",
        sa.Column("address_id", _KEY, nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("began_at", UtcMillis(), nullable=False),
        sa.Column("seen_at", UtcMillis(), nullable=False),
        sa.Column("is_now", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("address_id", name=op.f("pk_public_address")),
    )
    op.create_index("ix_public_address_point_began", "public_address", ["point_id", "began_at"])
    op.create_index("ix_public_address_address", "public_address", ["address"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("public_address")
    op.drop_table("way_trace")
