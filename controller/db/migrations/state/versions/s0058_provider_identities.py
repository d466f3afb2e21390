"""Who people are at the provider of identities."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0058"
down_revision = "s0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "provider_identity",
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(300), nullable=False),
        sa.Column("subject", sa.String(255), nullable=True),
        sa.Column("linked_at", UtcDateTime(), nullable=True),
        sa.Column("allowed_by", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_name"],
            ["user_account.user_name"],
            name=op.f("fk_provider_identity_user_name_user_account"),
        ),
        sa.PrimaryKeyConstraint("user_name", name=op.f("pk_provider_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_provider_identity_issuer_subject")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("provider_identity")
