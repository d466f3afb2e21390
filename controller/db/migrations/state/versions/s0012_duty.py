"""Who is on duty, who is told next where nobody answers, and how pressing an incident is."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0012"
down_revision = "s0011"
branch_labels = None
depends_on = None

_OF_INCIDENT = ("priority", "priority_since", "raised_at")
_OF_MESSAGE = ("person_id", "address", "priority", "held_until", "takes")
_TABLES = ("incident_step", "duty_policy", "duty_rung", "duty_swap", "duty_shift", "duty_person")


def upgrade() -> None:
    """Apply."""
    _roster()
    _ladder()
    normal = sa.Column("priority", sa.String(8), nullable=False, server_default="normal")
    op.add_column("incident", normal)
    op.add_column("incident", sa.Column("priority_since", UtcDateTime(), nullable=True))
    op.add_column("incident", sa.Column("raised_at", UtcDateTime(), nullable=True))
    for name, size in (("person_id", 20), ("address", 254)):
        empty = sa.Column(name, sa.String(size), nullable=False, server_default="")
        op.add_column("alert_message", empty)
    again = sa.Column("priority", sa.String(8), nullable=False, server_default="normal")
    op.add_column("alert_message", again)
    op.add_column("alert_message", sa.Column("held_until", UtcDateTime(), nullable=True))
    takes: sa.Column[bool] = sa.Column(
        "takes", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("alert_message", takes)


def _roster() -> None:
    op.create_table(
        "duty_person",
        sa.Column("person_id", sa.String(20), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("channel_id", sa.String(20), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("unit_id", sa.String(40), nullable=False),
        sa.Column("quiet_from_min", sa.Integer(), nullable=False),
        sa.Column("quiet_until_min", sa.Integer(), nullable=False),
        sa.Column("quiet_lets", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_duty_person")),
    )
    op.create_table(
        "duty_shift",
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(20), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("from_min", sa.Integer(), nullable=False),
        sa.Column("until_min", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["duty_person.person_id"],
            name=op.f("fk_duty_shift_person_id_duty_person"),
        ),
        sa.PrimaryKeyConstraint("shift_id", name=op.f("pk_duty_shift")),
    )  # fmt: skip
    op.create_index(op.f("ix_duty_shift_person_id"), "duty_shift", ["person_id"])
    op.create_table(
        "duty_swap",
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("out_id", sa.String(20), nullable=False),
        sa.Column("in_id", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(
            ["out_id"], ["duty_person.person_id"], name=op.f("fk_duty_swap_out_id_duty_person")
        ),
        sa.ForeignKeyConstraint(
            ["in_id"], ["duty_person.person_id"], name=op.f("fk_duty_swap_in_id_duty_person")
        ),
        sa.PrimaryKeyConstraint("on_date", "out_id", name=op.f("pk_duty_swap")),
    )


def _ladder() -> None:
    op.create_table(
        "duty_rung",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("target", sa.String(30), nullable=False),
        sa.Column("high_min", sa.Integer(), nullable=True),
        sa.Column("normal_min", sa.Integer(), nullable=True),
        sa.Column("low_min", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_duty_rung")),
    )
    op.create_table(
        "duty_policy",
        sa.Column("policy_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ahead_min", sa.Integer(), nullable=False),
        sa.Column("wakes_min", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("policy_id", name=op.f("pk_duty_policy")),
    )
    op.create_table(
        "incident_step",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["incident.number"], name=op.f("fk_incident_step_number_incident")
        ),
        sa.PrimaryKeyConstraint("number", "position", name=op.f("pk_incident_step")),
    )


def downgrade() -> None:
    """Take back."""
    for name in _OF_MESSAGE:
        op.drop_column("alert_message", name)
    for name in _OF_INCIDENT:
        op.drop_column("incident", name)
    for table in _TABLES:
        op.drop_table(table)
