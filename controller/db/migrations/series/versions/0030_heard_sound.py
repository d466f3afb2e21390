"""What points heard of meetings, minute by minute."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "heard_sound",
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("meeting_id", "point_id", name=op.f("pk_heard_sound")),
    )
    op.create_index("ix_heard_sound_changed_at", "heard_sound", ["changed_at"])
    op.create_index("ix_heard_sound_point_changed", "heard_sound", ["point_id", "changed_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_heard_sound_point_changed", "heard_sound")
    op.drop_index("ix_heard_sound_changed_at", "heard_sound")
    op.drop_table("heard_sound")
