"""Which form of a database is the newest, and whether one has it: without Alembic.

Every start asks, and nearly every time nothing is to be done; Alembic takes a while to load, and
runs every migration's file to know.
"""

import re
from functools import cache
from pathlib import Path
from typing import Literal

import sqlalchemy
from sqlalchemy import Connection

Database = Literal["state", "series"]

MIGRATIONS = Path(__file__).parent / "migrations"
_REVISION = re.compile(r'^(down_)?revision = "(\w+)"$', re.MULTILINE)


@cache
def newest(database: Database) -> str | None:
    """Return the newest revision that this program knows; None: there are several."""
    made: set[str] = set()
    passed: set[str] = set()
    for path in (MIGRATIONS / database / "versions").glob("*.py"):
        for is_before, name in _REVISION.findall(path.read_text(encoding="utf-8")):
            (passed if is_before else made).add(name)
    heads = made - passed
    return heads.pop() if len(heads) == 1 else None


def is_newest(connection: Connection, database: Database) -> bool:
    """Return whether a database has the newest form."""
    name = f"{database}_version"
    if not sqlalchemy.inspect(connection).has_table(name):
        return False
    version = sqlalchemy.table(name, sqlalchemy.column("version_num"))
    return list(connection.scalars(sqlalchemy.select(version))) == [newest(database)]
