"""A meeting says how it is held, which unit hosts it, and who chairs it."""

import sqlalchemy as sa
from alembic import op

revision = "s0035"
down_revision = "s0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Those that are there are online; of their hosts and chairs nothing was said."""
    held_as: sa.Column[str] = sa.Column(
        "held_as", sa.String(20), nullable=False, server_default="online"
    )
    chair_name: sa.Column[str] = sa.Column(
        "chair_name", sa.String(60), nullable=False, server_default=""
    )
    op.add_column("meeting", held_as)
    op.add_column("meeting", sa.Column("host_unit_id", sa.String(40), nullable=True))
    op.add_column("meeting", chair_name)


def downgrade() -> None:
    """Take back. Relays would be told of meetings in person: they are cancelled or over first."""
    op.execute(
        "UPDATE meeting SET state = 'cancelled' "
        "WHERE held_as <> 'online' AND state IN ('draft', 'scheduled', 'live')"
    )
    for name in ("chair_name", "host_unit_id", "held_as"):
        op.drop_column("meeting", name)
