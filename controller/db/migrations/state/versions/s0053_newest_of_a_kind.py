"""The newest letters of a state and the newest entries of a kind, without reading all."""

from alembic import op

revision = "s0053"
down_revision = "s0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_mail_letter_state_letter_id", "mail_letter", ["state", "letter_id"])
    op.create_index("ix_audit_entry_action_entry_id", "audit_entry", ["action", "entry_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_audit_entry_action_entry_id", "audit_entry")
    op.drop_index("ix_mail_letter_state_letter_id", "mail_letter")
