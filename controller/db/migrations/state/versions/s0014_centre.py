"""The centre watches itself: how each thing is, every change of it, how its databases grow."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0014"
down_revision = "s0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "centre_thing",
        sa.Column("part", sa.String(12), nullable=False),
        sa.Column("about", sa.String(120), nullable=False),
        sa.Column("standing", sa.String(8), nullable=False),
        sa.Column("key", sa.String(24), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("part", "about", name=op.f("pk_centre_thing")),
    )
    op.create_table(
        "centre_flip",
        sa.Column("flip_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("part", sa.String(12), nullable=False),
        sa.Column("about", sa.String(120), nullable=False),
        sa.Column("was", sa.String(24), nullable=False),
        sa.Column("became", sa.String(24), nullable=False),
        sa.Column("standing", sa.String(8), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("flip_id", name=op.f("pk_centre_flip")),
    )
    op.create_index(op.f("ix_centre_flip_at"), "centre_flip", ["at"])
    op.create_table(
        "database_day",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("database", sa.String(12), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("bytes_total", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("damage", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("day", "database", name=op.f("pk_database_day")),
    )


def downgrade() -> None:
    """Take back."""
    for table in ("database_day", "centre_flip", "centre_thing"):
        op.drop_table(table)
