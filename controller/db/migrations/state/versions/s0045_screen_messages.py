"""What the office says on the screens of points."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0045"
down_revision = "s0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "screen_message",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=True),
        sa.Column("text", sa.String(60), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("sent_by", sa.String(60), nullable=False),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.meeting_id"],
            name=op.f("fk_screen_message_meeting_id_meeting"),
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_screen_message")),
    )
    op.create_index(op.f("ix_screen_message_meeting_id"), "screen_message", ["meeting_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("screen_message")
