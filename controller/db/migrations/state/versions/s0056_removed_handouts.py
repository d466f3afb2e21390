"""Files of meetings that were deleted, and may be had back for a day."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0056"
down_revision = "s0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "removed_handout",
        sa.Column("handout_id", sa.Integer(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=False),
        sa.Column("removed_by", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["handout_id"],
            ["meeting_handout.handout_id"],
            name=op.f("fk_removed_handout_handout_id_meeting_handout"),
        ),
        sa.PrimaryKeyConstraint("handout_id", name=op.f("pk_removed_handout")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("removed_handout")
