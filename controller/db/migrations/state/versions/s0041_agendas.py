"""Agendas of meetings."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0041"
down_revision = "s0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "meeting_agenda_item",
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("speaker", sa.String(80), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=True),
        sa.Column("began_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.meeting_id"],
            name=op.f("fk_meeting_agenda_item_meeting_id_meeting"),
        ),
        sa.PrimaryKeyConstraint("meeting_id", "position", name=op.f("pk_meeting_agenda_item")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("meeting_agenda_item")
