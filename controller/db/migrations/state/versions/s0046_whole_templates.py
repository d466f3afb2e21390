"""Templates of meetings keep how a meeting is held, its host, who chairs it, and its agenda."""

import sqlalchemy as sa
from alembic import op

revision = "s0046"
down_revision = "s0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Those that are there are of meetings online, of which nothing else was said."""
    op.add_column("meeting_template", sa.Column("host_unit_id", sa.String(40), nullable=True))
    for name, length, usual in (("chair_name", 60, ""), ("held_as", 20, "online")):
        column: sa.Column[str] = sa.Column(
            name, sa.String(length), nullable=False, server_default=usual
        )
        op.add_column("meeting_template", column)
    op.create_table(
        "meeting_template_item",
        sa.Column("template_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("speaker", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["meeting_template.template_id"],
            name=op.f("fk_meeting_template_item_template_id_meeting_template"),
        ),
        sa.PrimaryKeyConstraint("template_id", "position", name=op.f("pk_meeting_template_item")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("meeting_template_item")
    for name in ("held_as", "chair_name", "host_unit_id"):
        op.drop_column("meeting_template", name)
