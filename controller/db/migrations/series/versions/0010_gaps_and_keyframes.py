"""The least rate of a minute, and by slot gaps, time without a picture, and keyframes."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_RATES = ("up_bps_min", "down_bps_min")
_GAPS = tuple(f"{slot}_gap_max_ms" for slot in ("stage", "speaker", "content"))
_COUNTS = (
    *(f"{slot}_empty_ms" for slot in ("stage", "speaker", "content")),
    *(f"{stream}_keyframes" for stream in ("high", "low", "stage", "speaker", "content")),
)


def upgrade() -> None:
    """Apply."""
    for name in _RATES:
        op.add_column("call_minute", sa.Column(name, sa.BigInteger(), nullable=True))
    for name in _GAPS:
        op.add_column("call_minute", sa.Column(name, sa.Float(), nullable=True))
    for name in _COUNTS:
        counted = sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        op.add_column("call_minute", counted)


def downgrade() -> None:
    """Take back."""
    for name in (*_RATES, *_GAPS, *_COUNTS):
        op.drop_column("call_minute", name)
