"""Guests without an account take part in one meeting by a link."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0006"
down_revision = "s0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "guest_link",
        sa.Column("guest_id", sa.String(20), nullable=False),
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("may_speak", sa.Boolean(), nullable=False),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(60), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("browser_sha256", sa.String(64), nullable=True),
        sa.Column("lets_in_until", UtcDateTime(), nullable=True),
        sa.Column("ended_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.meeting_id"],
            name=op.f("fk_guest_link_meeting_id_meeting"),
        ),
        sa.PrimaryKeyConstraint("guest_id", name=op.f("pk_guest_link")),
    )
    op.create_index(op.f("ix_guest_link_meeting_id"), "guest_link", ["meeting_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("guest_link")
