"""What meetings of one sort have in common is saved as a template."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0037"
down_revision = "s0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "meeting_template",
        sa.Column("template_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("chair_point_id", sa.String(), nullable=True),
        sa.Column("secretary", sa.String(60), nullable=False),
        sa.Column("document_number", sa.String(60), nullable=False),
        sa.Column("owner", sa.String(20), nullable=False),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(60), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chair_point_id"],
            ["point.point_id"],
            name=op.f("fk_meeting_template_chair_point_id_point"),
        ),
        sa.PrimaryKeyConstraint("template_id", name=op.f("pk_meeting_template")),
        sa.UniqueConstraint("name", name=op.f("uq_meeting_template_name")),
    )
    _members("meeting_template_point", "point_id", "point")
    _members("meeting_template_group", "group_id", "point_group")
    op.create_index(
        op.f("ix_meeting_template_group_group_id"), "meeting_template_group", ["group_id"]
    )


def _members(table: str, column: str, other: str) -> None:
    op.create_table(
        table,
        sa.Column("template_id", sa.String(), nullable=False),
        sa.Column(column, sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["meeting_template.template_id"],
            name=op.f(f"fk_{table}_template_id_meeting_template"),
        ),
        sa.ForeignKeyConstraint(
            [column], [f"{other}.{column}"], name=op.f(f"fk_{table}_{column}_{other}")
        ),
        sa.PrimaryKeyConstraint("template_id", column, name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    """Take back."""
    for table in ("meeting_template_group", "meeting_template_point", "meeting_template"):
        op.drop_table(table)
