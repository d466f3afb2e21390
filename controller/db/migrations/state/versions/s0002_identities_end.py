"""Certificates that end, who may not be in a meeting, and the audit log."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0002"
down_revision = "s0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _certificates()
    _access()
    _audit()


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_audit_entry_happened_at"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_table("expulsion")
    op.drop_index(op.f("ix_media_grant_user_name"), table_name="media_grant")
    op.drop_table("media_grant")
    op.drop_index(op.f("ix_point_certificate_point_id"), table_name="point_certificate")
    op.drop_table("point_certificate")


def _certificates() -> None:
    op.create_table(
        "point_certificate",
        sa.Column("serial", sa.String(40), nullable=False),
        sa.Column("point_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("why_ended", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(
            ["point_id"], ["point.point_id"], name=op.f("fk_point_certificate_point_id_point")
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_point_certificate")),
    )
    op.create_index(op.f("ix_point_certificate_point_id"), "point_certificate", ["point_id"])


def _access() -> None:
    op.create_table(
        "media_grant",
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("user_name", sa.String(60), nullable=False),
        sa.Column("lets_in_until", UtcDateTime(), nullable=False),
        sa.Column("ended_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.meeting_id"], name=op.f("fk_media_grant_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["user_name"],
            ["user_account.user_name"],
            name=op.f("fk_media_grant_user_name_user_account"),
        ),
        sa.PrimaryKeyConstraint("meeting_id", "user_name", name=op.f("pk_media_grant")),
    )
    op.create_index(op.f("ix_media_grant_user_name"), "media_grant", ["user_name"])
    op.create_table(
        "expulsion",
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(60), nullable=False),
        sa.Column("is_point", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.meeting_id"], name=op.f("fk_expulsion_meeting_id_meeting")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "subject", "is_point", name=op.f("pk_expulsion")),
    )


def _audit() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.Column("address", sa.String(60), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("detail", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_happened_at"), "audit_entry", ["happened_at"])
