"""Of incidents that are open, and were told by every channel, the first step is told."""

from alembic import op

revision = "s0013"
down_revision = "s0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute(
        "INSERT INTO incident_step (number, position, told_at) "
        "SELECT number, 1, told_at FROM incident WHERE over_at IS NULL"
    )


def downgrade() -> None:
    """Take back."""
    op.execute("DELETE FROM incident_step")
