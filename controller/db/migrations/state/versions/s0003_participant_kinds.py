"""Who was put out of a meeting is a point, a person or a recorder."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

from controller.db.types import UtcDateTime

revision = "s0003"
down_revision = "s0002"
branch_labels = None
depends_on = None

_WAS, _IS = ("is_point", sa.Boolean()), ("participant_kind", sa.String(20))


def upgrade() -> None:
    """Apply."""
    rows = _taken(_WAS)
    for row in rows:
        row["participant_kind"] = "point" if row.pop("is_point") else "person"
    kinds = "participant_kind IN ('point', 'person', 'recorder')"
    _made(rows, _IS, sa.CheckConstraint(kinds, name=op.f("ck_expulsion_participant_kind")))


def downgrade() -> None:
    """Take back. Recorders, which nothing puts out yet, are let in again."""
    rows = [row for row in _taken(_IS) if row["participant_kind"] != "recorder"]
    for row in rows:
        row["is_point"] = row.pop("participant_kind") == "point"
    _made(rows, _WAS)


def _columns(kind: tuple[str, TypeEngine[Any]]) -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(60), nullable=False),
        sa.Column(*kind, nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
    )


def _taken(kind: tuple[str, TypeEngine[Any]]) -> list[dict[str, object]]:
    """Take the table away; return its rows."""
    table = sa.table("expulsion", *_columns(kind))
    rows = op.get_bind().execute(sa.select(table)).mappings()
    taken = [dict(row) for row in rows]
    op.drop_table("expulsion")
    return taken


def _made(
    rows: list[dict[str, object]], kind: tuple[str, TypeEngine[Any]], *checks: sa.CheckConstraint
) -> None:
    """Make the table anew with its rows."""
    table = op.create_table(
        "expulsion",
        *_columns(kind),
        *checks,
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.meeting_id"], name=op.f("fk_expulsion_meeting_id_meeting")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "subject", kind[0], name=op.f("pk_expulsion")),
    )
    op.bulk_insert(table, rows)
