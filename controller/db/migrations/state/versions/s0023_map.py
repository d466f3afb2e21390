"""Points may have coordinates, and the map keeps what was put somewhere by hand."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0023"
down_revision = "s0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("point", sa.Column("latitude", sa.Float(), nullable=True))
    op.add_column("point", sa.Column("longitude", sa.Float(), nullable=True))
    op.create_table(
        "map_move",
        sa.Column("move_id", sa.Integer(), nullable=False),
        sa.Column("node_key", sa.String(60), nullable=False),
        sa.Column("x", sa.Float(), nullable=True),
        sa.Column("y", sa.Float(), nullable=True),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("moved_by", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("move_id", name=op.f("pk_map_move")),
    )
    op.create_index(op.f("ix_map_move_node_key"), "map_move", ["node_key"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("map_move")
    # Not in a batch: that would drop a table that others refer to.
    op.drop_column("point", "longitude")
    op.drop_column("point", "latitude")
