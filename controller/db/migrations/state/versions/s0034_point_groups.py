"""Groups of points are saved, to be invited together."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0034"
down_revision = "s0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "point_group",
        sa.Column("group_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("chair_point_id", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(60), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chair_point_id"],
            ["point.point_id"],
            name=op.f("fk_point_group_chair_point_id_point"),
        ),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_point_group")),
        sa.UniqueConstraint("name", name=op.f("uq_point_group_name")),
    )
    op.create_table(
        "point_group_member",
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("point_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["point_group.group_id"],
            name=op.f("fk_point_group_member_group_id_point_group"),
        ),
        sa.ForeignKeyConstraint(
            ["point_id"],
            ["point.point_id"],
            name=op.f("fk_point_group_member_point_id_point"),
        ),
        sa.PrimaryKeyConstraint("group_id", "point_id", name=op.f("pk_point_group_member")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("point_group_member")
    op.drop_table("point_group")
