"""What meetings decided to have done."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0049"
down_revision = "s0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "meeting_task",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("owner", sa.String(120), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(60), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", sa.String(60), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.meeting_id"],
            name=op.f("fk_meeting_task_meeting_id_meeting"),
        ),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_meeting_task")),
    )
    op.create_index("ix_meeting_task_meeting_id", "meeting_task", ["meeting_id"])
    op.create_index("ix_meeting_task_deadline", "meeting_task", ["deadline"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("meeting_task")
