"""What is wrong with points, and every change of it."""

import sqlalchemy as sa
from alembic import op

from controller.db.millis import UtcMillis

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "open_problem",
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("problem", sa.String(24), nullable=False),
        sa.Column("about", sa.String(120), nullable=False),
        sa.Column("severity", sa.String(8), nullable=False),
        sa.Column("began_at", UtcMillis(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("point_id", "problem", "about", name=op.f("pk_open_problem")),
        sqlite_with_rowid=False,
    )
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "problem_flip",
        sa.Column("flip_id", key, nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("problem", sa.String(24), nullable=False),
        sa.Column("about", sa.String(120), nullable=False),
        sa.Column("was", sa.String(8), nullable=True),
        sa.Column("became", sa.String(8), nullable=True),
        sa.Column("at", UtcMillis(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("flip_id", name=op.f("pk_problem_flip")),
    )
    op.create_index("ix_problem_flip_point_at", "problem_flip", ["point_id", "at"])
    op.create_index("ix_problem_flip_at", "problem_flip", ["at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("problem_flip")
    op.drop_table("open_problem")
