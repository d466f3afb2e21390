"""What is kept of meetings that are over."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0043"
down_revision = "s0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "meeting_record",
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("newest_event", sa.BigInteger(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("content_json", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.meeting_id"],
            name=op.f("fk_meeting_record_meeting_id_meeting"),
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_meeting_record")),
    )
    op.create_table(
        "meeting_record_change",
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(12), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting_record.meeting_id"],
            name=op.f("fk_meeting_record_change_meeting_id_meeting_record"),
        ),
        sa.PrimaryKeyConstraint(
            "meeting_id", "version", "number", name=op.f("pk_meeting_record_change")
        ),
    )


def downgrade() -> None:
    """Take back."""
    for name in ("meeting_record_change", "meeting_record"):
        op.drop_table(name)
