"""Who waits for the floor is kept, and how long a speech of a meeting may last."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0032"
down_revision = "s0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "speech_request",
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("granted_epoch", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.meeting_id"],
            name=op.f("fk_speech_request_meeting_id_meeting"),
        ),
        sa.PrimaryKeyConstraint("meeting_id", "who", name=op.f("pk_speech_request")),
    )
    op.add_column("meeting", sa.Column("speech_s", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("meeting", "speech_s")
    op.drop_table("speech_request")
