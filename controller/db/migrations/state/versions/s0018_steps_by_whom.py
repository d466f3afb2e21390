"""Quiet hours of channels; a step that was told is known by whom it meant, not by its place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0018"
down_revision = "s0015"
branch_labels = None
depends_on = None

_QUIET = ("quiet_from_min", "quiet_until_min", "quiet_lets")


def upgrade() -> None:
    """Apply."""
    for name in _QUIET[:2]:
        number = sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        op.add_column("alert_channel", number)
    lets = sa.Column("quiet_lets", sa.String(8), nullable=False, server_default="high")
    op.add_column("alert_channel", lets)
    names = dict(enumerate(_named(_targets()), start=1))
    _put_anew("step", sa.String(40), names)


def downgrade() -> None:
    """Take back."""
    names = {name: place for place, name in enumerate(_named(_targets()), start=1)}
    _put_anew("position", sa.Integer(), names)
    for name in reversed(_QUIET):
        op.drop_column("alert_channel", name)


def _targets() -> list[str]:
    """Return whom the ladder that counts means, step by step."""
    bind = op.get_bind()
    kept = bind.execute(sa.text("SELECT target FROM duty_rung ORDER BY position"))
    found = list(kept.scalars())
    if found:
        return found
    has_roster = bind.execute(sa.text("SELECT 1 FROM duty_shift LIMIT 1")).first() is not None
    return ["duty", "channels"] if has_roster else ["channels"]


def _named(targets: Sequence[str]) -> list[str]:
    seen: Counter[str] = Counter()
    names = []
    for target in targets:
        seen[target] += 1
        names.append(target if seen[target] == 1 else f"{target}#{seen[target]}")
    return names


def _put_anew(column: str, kind: sa.types.TypeEngine[Any], names: Mapping[Any, Any]) -> None:
    """Put what was told into a table whose key is another; steps that are gone are left out."""
    before: sa.ColumnClause[Any] = sa.column("position" if column == "step" else "step")
    number: sa.ColumnClause[int] = sa.column("number")
    told_at = sa.column("told_at", UtcDateTime())
    kept = sa.select(number, before, told_at).select_from(sa.table("incident_step"))
    rows = [
        {"number": row[0], column: names[row[1]], "told_at": row[2]}
        for row in op.get_bind().execute(kept)
        if row[1] in names
    ]
    op.drop_table("incident_step")
    made = op.create_table(
        "incident_step",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(column, kind, autoincrement=False, nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["incident.number"], name=op.f("fk_incident_step_number_incident")
        ),
        sa.PrimaryKeyConstraint("number", column, name=op.f("pk_incident_step")),
    )
    op.bulk_insert(made, rows)
