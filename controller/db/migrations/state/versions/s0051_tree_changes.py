"""Units and points as they stood and will stand, and the changes of the tree."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0051"
down_revision = "s0046b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("unit", sa.Column("successor_id", sa.String(40), nullable=True))
    op.create_table(
        "unit_period",
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("parent_id", sa.String(40), nullable=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("owner", sa.String(20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.unit_id"], name=op.f("fk_unit_period_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("unit_id", "valid_from", name=op.f("pk_unit_period")),
    )
    op.create_table(
        "point_period",
        sa.Column("point_id", sa.String(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("unit_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("owner", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(
            ["point_id"], ["point.point_id"], name=op.f("fk_point_period_point_id_point")
        ),
        sa.PrimaryKeyConstraint("point_id", "valid_from", name=op.f("pk_point_period")),
    )
    _changes()


def _changes() -> None:
    op.create_table(
        "tree_change",
        sa.Column("change_id", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("in_force_at", UtcDateTime(), nullable=False),
        sa.Column("basis", sa.String(120), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(60), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("taken_back_by", sa.String(60), nullable=True),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_tree_change")),
    )
    op.create_index(op.f("ix_tree_change_in_force_at"), "tree_change", ["in_force_at"])
    op.create_table(
        "tree_file",
        sa.Column("made_by", sa.String(60), nullable=False),
        sa.Column("file_id", sa.String(32), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("in_force_at", UtcDateTime(), nullable=False),
        sa.Column("ends_missing", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("made_by", name=op.f("pk_tree_file")),
    )


def downgrade() -> None:
    """Take back."""
    for table in ("tree_file", "tree_change", "point_period", "unit_period"):
        op.drop_table(table)
    op.drop_column("unit", "successor_id")
