"""What was said of points in meetings: whether they heard them."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0047"
down_revision = "s0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "judged_meeting",
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("judged_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.meeting_id"],
            name=op.f("fk_judged_meeting_meeting_id_meeting"),
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_judged_meeting")),
    )
    op.create_index("ix_judged_meeting_judged_at", "judged_meeting", ["judged_at"])
    op.create_table(
        "judged_point",
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("held_minutes", sa.Integer(), nullable=False),
        sa.Column("good_minutes", sa.Integer(), nullable=False),
        sa.Column("longest_cut_s", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(14), nullable=False),
        sa.Column("cause", sa.String(12), nullable=False),
        sa.Column("begins_at", UtcDateTime(), nullable=True),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('uninterrupted', 'interrupted', 'excluded', 'unknown')",
            name=op.f("ck_judged_point_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.meeting_id"],
            name=op.f("fk_judged_point_meeting_id_meeting"),
        ),
        sa.PrimaryKeyConstraint("meeting_id", "point_id", name=op.f("pk_judged_point")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("judged_point")
    op.drop_index("ix_judged_meeting_judged_at", "judged_meeting")
    op.drop_table("judged_meeting")
