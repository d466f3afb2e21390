"""Incidents are kept with their story, and people are told of them by channels."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0008"
down_revision = "s0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "incident",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(24), nullable=False),
        sa.Column("reach", sa.String(8), nullable=False),
        sa.Column("told_reach", sa.String(8), nullable=False),
        sa.Column("unit_id", sa.String(40), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("over_at", UtcDateTime(), nullable=True),
        sa.Column("ending", sa.String(10), nullable=False),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("acknowledged_by", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_over_at"), "incident", ["over_at"])
    op.create_table(
        "incident_point",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("calm_since", UtcDateTime(), nullable=True),
        sa.Column("falls", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["incident.number"], name=op.f("fk_incident_point_number_incident")
        ),
        sa.PrimaryKeyConstraint("number", "point_id", name=op.f("pk_incident_point")),
    )
    op.create_table(
        "incident_entry",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("who", sa.String(60), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["incident.number"], name=op.f("fk_incident_entry_number_incident")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_incident_entry")),
    )
    op.create_index(op.f("ix_incident_entry_number"), "incident_entry", ["number"])
    op.create_table(
        "alert_channel",
        sa.Column("channel_id", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("added_by", sa.String(60), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_alert_channel")),
    )
    op.create_table(
        "alert_message",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.String(20), nullable=False),
        sa.Column("channel_name", sa.String(60), nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("text", sa.String(400), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("problem", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["incident.number"], name=op.f("fk_alert_message_number_incident")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_alert_message")),
    )
    op.create_index(op.f("ix_alert_message_number"), "alert_message", ["number"])
    op.create_index(op.f("ix_alert_message_state"), "alert_message", ["state"])


def downgrade() -> None:
    """Take back."""
    for table in (
        "alert_message",
        "alert_channel",
        "incident_entry",
        "incident_point",
        "incident",
    ):
        op.drop_table(table)
