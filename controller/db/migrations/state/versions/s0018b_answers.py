"""The mailbox that answers to alerts come to, and which message an answer was to."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0018b"
down_revision = "s0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("alert_message", sa.Column("answers", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_alert_message_answers"), "alert_message", ["answers"])
    op.create_table(
        "alert_mailbox",
        sa.Column("mailbox_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(60), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("looked_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("mailbox_id", name=op.f("pk_alert_mailbox")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("alert_mailbox")
    op.drop_index(op.f("ix_alert_message_answers"), "alert_message")
    op.drop_column("alert_message", "answers")
