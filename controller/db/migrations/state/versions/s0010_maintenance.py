"""Maintenance is declared, and every change of it is kept."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0010"
down_revision = "s0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "maintenance",
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("maintenance_id", sa.String(20), nullable=False),
        sa.Column("scope", sa.String(8), nullable=False),
        sa.Column("subject_id", sa.String(40), nullable=False),
        sa.Column("begins_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(60), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint("scope IN ('point', 'unit', 'all')", name=op.f("ck_maintenance_scope")),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("ck_maintenance_times")),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_maintenance")),
    )
    op.create_index(op.f("ix_maintenance_ends_at"), "maintenance", ["ends_at"])
    op.create_index("ix_maintenance_id_revision", "maintenance", ["maintenance_id", "revision"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("maintenance")
