"""What ports of devices counted of damaged and dropped frames."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0028"
branch_labels = None
depends_on = None

_ANY = sa.text("errors_counted > 0")


def upgrade() -> None:
    """Apply."""
    for table in ("port_5min", "port_1h"):
        for name in ("errors_counted", "drops_counted"):
            op.add_column(table, sa.Column(name, sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_port_5min_errors",
        "port_5min",
        ["begins_at"],
        sqlite_where=_ANY,
        postgresql_where=_ANY,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_port_5min_errors", "port_5min")
    for table in ("port_1h", "port_5min"):
        for name in ("drops_counted", "errors_counted"):
            op.drop_column(table, name)
