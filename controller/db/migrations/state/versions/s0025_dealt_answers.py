"""Which answers to alerts were dealt with."""

import sqlalchemy as sa
from alembic import op

revision = "s0025"
down_revision = "s0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "alert_answer",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_alert_answer")),
        sa.UniqueConstraint("letter", name=op.f("uq_alert_answer_letter")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("alert_answer")
