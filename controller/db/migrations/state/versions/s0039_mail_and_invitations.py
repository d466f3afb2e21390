"""Letters that go out, the mail server, and who was invited to which meeting by them."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0039"
down_revision = "s0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _mail()
    op.create_table(
        "meeting_invitation",
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("organizer", sa.String(254), nullable=False),
        sa.Column("page", sa.String(300), nullable=False),
        sa.Column("invited_at", UtcDateTime(), nullable=False),
        sa.Column("invited_by", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.meeting_id"],
            name=op.f("fk_meeting_invitation_meeting_id_meeting"),
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_meeting_invitation")),
    )
    op.create_table(
        "meeting_invitee",
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("points", sa.String(400), nullable=False),
        sa.Column("said", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting_invitation.meeting_id"],
            name=op.f("fk_meeting_invitee_meeting_id_meeting_invitation"),
        ),
        sa.PrimaryKeyConstraint("meeting_id", "address", name=op.f("pk_meeting_invitee")),
    )


def _mail() -> None:
    op.create_table(
        "mail_server",
        sa.Column("server_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(60), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("said", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("server_id", name=op.f("pk_mail_server")),
    )
    op.create_table(
        "mail_letter",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(40), nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("href", sa.String(100), nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("method", sa.String(10), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("problem", sa.String(40), nullable=False),
        sa.Column("said", sa.String(200), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'refused', 'given_up', 'replaced')",
            name=op.f("ck_mail_letter_state"),
        ),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_mail_letter")),
    )
    for name, columns in (
        ("ix_mail_letter_state_next_try_at", ["state", "next_try_at"]),
        ("ix_mail_letter_about_address", ["about", "address"]),
    ):
        op.create_index(name, "mail_letter", columns)


def downgrade() -> None:
    """Take back."""
    for name in ("meeting_invitee", "meeting_invitation", "mail_letter", "mail_server"):
        op.drop_table(name)
