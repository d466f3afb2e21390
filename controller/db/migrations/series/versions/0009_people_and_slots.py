"""People's lines by the minute beside those of points, and loss and rate by slot."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_SLOTS = ("stage", "speaker", "content", "sound")
_CLUSTERED = {"sqlite_with_rowid": False}


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("call_minute", table_kwargs=_CLUSTERED) as table:
        table.alter_column("point_id", new_column_name="subject", type_=sa.String(80))
        for slot in _SLOTS:
            table.add_column(sa.Column(f"{slot}_loss_max", sa.Float(), nullable=True))
            table.add_column(sa.Column(f"{slot}_bps_max", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take back; what is kept of people has no place there."""
    op.execute("DELETE FROM call_minute WHERE subject LIKE 'person:%'")
    with op.batch_alter_table("call_minute", table_kwargs=_CLUSTERED) as table:
        for slot in _SLOTS:
            table.drop_column(f"{slot}_bps_max")
            table.drop_column(f"{slot}_loss_max")
        table.alter_column("subject", new_column_name="point_id", type_=sa.String(40))
