"""Meetings that are locked, and who was let in."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0055"
down_revision = "s0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("meeting", sa.Column("locked_at", UtcDateTime(), nullable=True))
    op.create_table(
        "meeting_admission",
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("admitted_by", sa.String(60), nullable=False),
        sa.Column("admitted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.meeting_id"],
            name=op.f("fk_meeting_admission_meeting_id_meeting"),
        ),
        sa.PrimaryKeyConstraint("meeting_id", "who", name=op.f("pk_meeting_admission")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("meeting_admission")
    op.drop_column("meeting", "locked_at")
