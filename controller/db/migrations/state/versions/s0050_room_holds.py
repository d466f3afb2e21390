"""Rooms that are held until their owner agrees, and who acts for which owner."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0050"
down_revision = "s0051"
branch_labels = None
depends_on = None

_OWNERS = "owner IN ('people_committee', 'party', 'council')"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "room_hold",
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("point_id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("begins_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.String(60), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.String(60), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.CheckConstraint(_OWNERS, name=op.f("ck_room_hold_owner")),
        sa.CheckConstraint(
            "state IN ('asked', 'agreed', 'refused', 'expired', 'displaced', 'taken')",
            name=op.f("ck_room_hold_state"),
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.meeting_id"], name=op.f("fk_room_hold_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["point_id"], ["point.point_id"], name=op.f("fk_room_hold_point_id_point")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "point_id", name=op.f("pk_room_hold")),
    )
    op.create_index("ix_room_hold_point_id_ends_at", "room_hold", ["point_id", "ends_at"])
    op.create_index("ix_room_hold_state_expires_at", "room_hold", ["state", "expires_at"])
    op.create_table(
        "owner_role",
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(20), nullable=False),
        sa.Column("approves", sa.Boolean(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("set_by", sa.String(60), nullable=False),
        sa.CheckConstraint(_OWNERS, name=op.f("ck_owner_role_owner")),
        sa.ForeignKeyConstraint(
            ["user_name"],
            ["user_account.user_name"],
            name=op.f("fk_owner_role_user_name_user_account"),
        ),
        sa.PrimaryKeyConstraint("user_name", "owner", name=op.f("pk_owner_role")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("owner_role")
    op.drop_table("room_hold")
