"""Open problems of ports are told apart by the port, no longer by the name its device gives it."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0019"
branch_labels = None
depends_on = None

_open = sa.table(
    "open_problem", *(sa.column(name) for name in ("point_id", "problem", "about", "evidence"))
)


def upgrade() -> None:
    """Apply."""
    _about("port")


def downgrade() -> None:
    """Take back."""
    _about("name")


def _about(argument: str) -> None:
    """Name each by one of its arguments; of two of one name there is one, as there was."""
    bind = op.get_bind()
    of_ports = _open.c.problem == "port_errors"
    taken = set()
    for row in bind.execute(sa.select(_open).where(of_ports)).all():
        about = json.loads(row.evidence).get(argument) or row.about
        is_it = (of_ports, _open.c.point_id == row.point_id, _open.c.about == row.about)
        if (row.point_id, about) in taken:
            bind.execute(sa.delete(_open).where(*is_it))
        elif about != row.about:
            bind.execute(sa.update(_open).where(*is_it).values(about=about))
        taken.add((row.point_id, about))
