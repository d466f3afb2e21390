"""Rehearsals of meetings, and what came of them at each point."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0042"
down_revision = "s0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rehearsal_run",
        sa.Column("run_id", sa.String(16), nullable=False),
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("open_for", sa.String(40), nullable=True),
        sa.Column("moment", sa.String(8), nullable=False),
        sa.Column("asked_by", sa.String(60), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("over_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "moment IN ('day', 'hour', 'quarter', 'asked')", name=op.f("ck_rehearsal_run_moment")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_rehearsal_run")),
        sa.UniqueConstraint(
            "meeting_id", "moment", "due_at", name=op.f("uq_rehearsal_run_meeting_id_moment_due_at")
        ),
        sa.UniqueConstraint("open_for", name=op.f("uq_rehearsal_run_open_for")),
    )
    op.create_index(op.f("ix_rehearsal_run_meeting_id"), "rehearsal_run", ["meeting_id"])
    op.create_index(op.f("ix_rehearsal_run_made_at"), "rehearsal_run", ["made_at"])
    op.create_table(
        "rehearsal_result",
        sa.Column("rehearsal_id", sa.String(16), nullable=False),
        sa.Column("run_id", sa.String(16), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("relay_id", sa.String(40), nullable=False),
        sa.Column("shared", sa.String(1000), nullable=False),
        sa.Column("begins_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("judged_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("cause", sa.String(32), nullable=False),
        sa.Column("findings", sa.String(400), nullable=False),
        sa.Column("loss_ratio", sa.Float(), nullable=True),
        sa.Column("rtt_ms", sa.Float(), nullable=True),
        sa.Column("jitter_ms", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('', 'ready', 'at_risk', 'not_ready', 'no_result')",
            name=op.f("ck_rehearsal_result_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["rehearsal_run.run_id"],
            name=op.f("fk_rehearsal_result_run_id_rehearsal_run"),
        ),
        sa.PrimaryKeyConstraint("rehearsal_id", name=op.f("pk_rehearsal_result")),
        sa.UniqueConstraint("run_id", "point_id", name=op.f("uq_rehearsal_result_run_id_point_id")),
    )
    op.create_index(
        "ix_rehearsal_result_point_id_begins_at", "rehearsal_result", ["point_id", "begins_at"]
    )
    op.create_index("ix_rehearsal_result_judged_at", "rehearsal_result", ["judged_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("rehearsal_result")
    op.drop_table("rehearsal_run")
