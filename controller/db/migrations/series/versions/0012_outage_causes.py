"""Why points were out, and what their sessions said."""

import sqlalchemy as sa
from alembic import op

from controller.db.millis import UtcMillis

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "session_word",
        sa.Column("word_id", _KEY, nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("at", UtcMillis(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("run_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("word_id", name=op.f("pk_session_word")),
    )
    op.create_index("ix_session_word_point_at", "session_word", ["point_id", "at"])
    op.create_index("ix_session_word_at", "session_word", ["at"])
    op.create_table(
        "outage_verdict",
        sa.Column("verdict_id", _KEY, nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("outage_began_at", UtcMillis(), nullable=False),
        sa.Column("judged_at", UtcMillis(), nullable=False),
        sa.Column("noticed_at", UtcMillis(), nullable=False),
        sa.Column("own_began_at", UtcMillis(), nullable=True),
        sa.Column("cause", sa.String(10), nullable=False),
        sa.Column("is_certain", sa.Boolean(), nullable=False),
        sa.Column("is_recorded", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("verdict_id", name=op.f("pk_outage_verdict")),
    )
    op.create_index(
        "ix_outage_verdict_point_began", "outage_verdict", ["point_id", "outage_began_at"]
    )
    op.create_index("ix_outage_verdict_judged_at", "outage_verdict", ["judged_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("outage_verdict")
    op.drop_table("session_word")
