"""Files that a meeting shows at all points."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0046b"
down_revision = "s0052b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "meeting_handout",
        sa.Column("handout_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("file_name", sa.String(120), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("brought_at", UtcDateTime(), nullable=False),
        sa.Column("brought_by", sa.String(60), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.meeting_id"],
            name=op.f("fk_meeting_handout_meeting_id_meeting"),
        ),
        sa.PrimaryKeyConstraint("handout_id", name=op.f("pk_meeting_handout")),
    )
    op.create_index("ix_meeting_handout_meeting_id", "meeting_handout", ["meeting_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("meeting_handout")
