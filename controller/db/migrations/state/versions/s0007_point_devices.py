"""Points have devices that they ask by SNMP, and certificates keep the key that is sealed to."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0007"
down_revision = "s0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "point_certificate",
        sa.Column("public_key", sa.String(130), nullable=False, server_default=""),
    )
    with op.batch_alter_table("point_certificate") as table:
        table.alter_column("public_key", server_default=None)
    op.create_table(
        "point_device",
        sa.Column("device_id", sa.String(20), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("user_name", sa.String(64), nullable=False),
        sa.Column("auth", sa.String(8), nullable=False),
        sa.Column("priv", sa.String(8), nullable=False),
        sa.Column("secrets", sa.String(2000), nullable=False),
        sa.Column("asked_total", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("added_by", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["point_id"], ["point.point_id"], name=op.f("fk_point_device_point_id_point")
        ),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_point_device")),
    )
    op.create_index(op.f("ix_point_device_point_id"), "point_device", ["point_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("point_device")
    with op.batch_alter_table("point_certificate") as table:
        table.drop_column("public_key")
