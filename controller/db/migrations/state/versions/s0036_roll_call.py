"""The roll call of meetings."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0036"
down_revision = "s0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "roll_call",
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("acts", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(60), nullable=False),
        sa.Column("reopened_at", UtcDateTime(), nullable=True),
        sa.Column("reopened_by", sa.String(60), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.meeting_id"], name=op.f("fk_roll_call_meeting_id_meeting")
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_roll_call")),
    )
    op.create_table(
        "roll_call_entry",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("detail", sa.String(120), nullable=False),
        sa.Column("late_min", sa.Integer(), nullable=True),
        sa.Column("heads", sa.Integer(), nullable=True),
        sa.Column("proposed", sa.String(12), nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('uncalled', 'present', 'late', 'substitute', 'absent')",
            name=op.f("ck_roll_call_entry_state"),
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.meeting_id"],
            name=op.f("fk_roll_call_entry_meeting_id_meeting"),
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_roll_call_entry")),
    )
    op.create_index(
        "ix_roll_call_entry_meeting_id_subject", "roll_call_entry", ["meeting_id", "subject"]
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_roll_call_entry_meeting_id_subject", "roll_call_entry")
    op.drop_table("roll_call_entry")
    op.drop_table("roll_call")
