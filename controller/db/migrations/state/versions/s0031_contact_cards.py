"""Who is called and invited at points and units."""

import sqlalchemy as sa
from alembic import op

revision = "s0031"
down_revision = "s0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "contact_card",
        sa.Column("card_id", sa.String(16), nullable=False),
        sa.Column("point_id", sa.String(), nullable=True),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("phone", sa.String(30), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.CheckConstraint(
            "(point_id IS NULL) <> (unit_id IS NULL)", name=op.f("ck_contact_card_place")
        ),
        sa.CheckConstraint(
            "role IN ('technician', 'clerk', 'leader')", name=op.f("ck_contact_card_role")
        ),
        sa.ForeignKeyConstraint(
            ["point_id"], ["point.point_id"], name=op.f("fk_contact_card_point_id_point")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.unit_id"], name=op.f("fk_contact_card_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_contact_card")),
    )
    for name in ("point_id", "unit_id"):
        op.create_index(op.f(f"ix_contact_card_{name}"), "contact_card", [name])


def downgrade() -> None:
    """Take back."""
    op.drop_table("contact_card")
