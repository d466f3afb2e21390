"""Minutes of meetings, and the files that were handed out and came back signed."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0048"
down_revision = "s0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "meeting_minutes",
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("conclusions", sa.Text(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("edited_by", sa.String(60), nullable=False),
        sa.Column("locked_at", UtcDateTime(), nullable=True),
        sa.Column("locked_by", sa.String(60), nullable=False),
        sa.Column("unlocked_at", UtcDateTime(), nullable=True),
        sa.Column("unlocked_by", sa.String(60), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.meeting_id"],
            name=op.f("fk_meeting_minutes_meeting_id_meeting"),
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_meeting_minutes")),
    )
    op.create_table(
        "minutes_edit",
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("conclusions", sa.Text(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting_minutes.meeting_id"],
            name=op.f("fk_minutes_edit_meeting_id_meeting_minutes"),
        ),
        sa.PrimaryKeyConstraint("meeting_id", "version", name=op.f("pk_minutes_edit")),
    )
    _files()


def _files() -> None:
    op.create_table(
        "minutes_file",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("file_name", sa.String(120), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("of_file_id", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(12), nullable=False),
        sa.Column("has_signature", sa.Boolean(), nullable=False),
        sa.Column("differs_at", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("taken_by", sa.String(60), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('issued', 'signed')", name=op.f("ck_minutes_file_kind")),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting_minutes.meeting_id"],
            name=op.f("fk_minutes_file_meeting_id_meeting_minutes"),
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_minutes_file")),
    )
    op.create_index("ix_minutes_file_meeting_id", "minutes_file", ["meeting_id"])


def downgrade() -> None:
    """Take back."""
    for name in ("minutes_file", "minutes_edit", "meeting_minutes"):
        op.drop_table(name)
