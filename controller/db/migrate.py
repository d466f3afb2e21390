"""Brings a database to the newest form, from empty or from any earlier one.

Both processes of the centre do this on start, at the same time: the whole upgrade
is one transaction that begins with a lock, so that the second finds it done.
"""

from typing import TYPE_CHECKING, Literal

import sqlalchemy
from sqlalchemy import Connection, Engine, MetaData
from sqlmodel import AutoString

from controller.db.engine import UNUSABLE, storage_error, writer
from controller.db.newest import MIGRATIONS, Database, is_newest
from controller.db.types import UtcDateTime
from controller.errors import InstallationError

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK_IDS: dict[Database, int] = {"state": 0x6463_0001, "series": 0x6463_0002}


def upgrade(engine: Engine, database: Database) -> None:
    """Apply every migration that is missing.

    Raises:
        InstallationError: a later program wrote it.
        StorageError: the database cannot be reached or written.
    """
    try:
        with writer(engine).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(
                    sqlalchemy.text("SELECT pg_advisory_xact_lock(:id)"),
                    {"id": _LOCK_IDS[database]},
                )
            if not is_newest(connection, database):
                _apply(connection, database)
    except UNUSABLE as exc:
        raise storage_error(exc) from exc


def _apply(connection: Connection, database: Database) -> None:
    from alembic import command  # takes a while to load
    from alembic.util import CommandError

    try:
        command.upgrade(configuration(database, connection), "head")
    except CommandError as exc:
        raise InstallationError(
            f"the database {database} is of a later version ({exc})",
            "use the program that wrote it, or a backup of before",
        ) from exc


def configuration(database: Database, connection: Connection | None) -> "Config":
    """Return Alembic's configuration; no alembic.ini is read."""
    from alembic.config import Config  # as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / database).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def run_environment(metadata: MetaData, version_table: str) -> None:
    """Do what Alembic's env.py does; called by the one of each database."""
    from alembic import context  # as above

    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=version_table,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        compare_type=True,
        render_item=_rendered,
    )
    context.run_migrations()


def _rendered(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Return how a new migration writes our column types; False: as Alembic does."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and isinstance(item, AutoString):
        length = getattr(item.impl, "length", None)
        return f"sa.String({length or ''})"
    return False
