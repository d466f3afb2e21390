"""People who are bounded to branches of the tree."""

import sqlalchemy as sa
from alembic import op

revision = "s0057"
down_revision = "s0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "user_branch",
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_name"],
            ["user_account.user_name"],
            name=op.f("fk_user_branch_user_name_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.unit_id"], name=op.f("fk_user_branch_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("user_name", "unit_id", name=op.f("pk_user_branch")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("user_branch")
