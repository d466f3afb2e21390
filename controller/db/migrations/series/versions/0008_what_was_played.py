"""What the players of points made of a meeting, by the minute."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_FIGURES = (
    "concealed_max", "heard_mos_min", "sound_gap_max_ms", "buffer_max_ms", "stage_frozen_max",
    "speaker_frozen_max",
)  # fmt: skip
_SIZES = ("stage_px_min", "speaker_px_min", "content_px_min")


def upgrade() -> None:
    """Apply."""
    for name in _FIGURES:
        op.add_column("call_minute", sa.Column(name, sa.Float(), nullable=True))
    for name in _SIZES:
        op.add_column("call_minute", sa.Column(name, sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take back."""
    for name in (*_FIGURES, *_SIZES):
        op.drop_column("call_minute", name)
