"""Both databases: whether they answer, how large they are, whether their pages are in order."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, text

from controller.db.engine import reading
from controller.errors import StorageError
from monitoring.judgement.centre_facts import DatabaseFacts

CHECK_LIMIT_S = 600.0
_STEPS_BETWEEN_LOOKS = 100_000
_POSTGRESQL = text(
    "SELECT pg_database_size(current_database()),"
    " pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool,"
    " (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::float"
    " / current_setting('max_connections')::int"
)
_CHECKSUMS = text(
    "SELECT current_setting('data_checksums')::bool,"
    " coalesce((SELECT checksum_failures FROM pg_stat_database"
    " WHERE datname = current_database()), 0)"
)


def database(name: str, engine: Engine) -> DatabaseFacts:
    """Ask a database how it is; that it does not answer is a fact as well."""
    try:
        path = sqlite_file(engine)
        if path is not None:
            with reading(engine) as session:
                session.connection().execute(text("SELECT count(*) FROM sqlite_master"))
            return DatabaseFacts(name, bytes_total=_size(path))
        with reading(engine) as session:
            size, is_read_only, ratio = session.connection().execute(_POSTGRESQL).one()
        return DatabaseFacts(
            name, int(size), is_read_only=bool(is_read_only), connections_ratio=float(ratio)
        )
    except (StorageError, OSError) as exc:
        return DatabaseFacts(name, error=str(exc)[:200])


def sqlite_file(engine: Engine) -> Path | None:
    """Return the file of a database on SQLite."""
    is_file = engine.url.get_backend_name() == "sqlite" and engine.url.database
    return Path(str(engine.url.database)) if is_file else None


def _size(path: Path) -> int:
    """Return the size with what is not yet written back from the log."""
    parts = (path, path.with_name(path.name + "-wal"))
    return sum(one.stat().st_size for one in parts if one.exists())


def damage(engine: Engine, *, limit_s: float = CHECK_LIMIT_S) -> str | None:
    """Look a database through; return what is wrong with it, empty: nothing.

    None: it takes too long, or the server keeps no checksums, so that nothing is known.

    Raises:
        StorageError: it does not answer.
    """
    path = sqlite_file(engine)
    if path is not None:
        return _damage_of_file(path, time.monotonic() + limit_s)
    with reading(engine) as session:
        has_checksums, failures = session.connection().execute(_CHECKSUMS).one()
    if failures:
        return f"{failures} pages with a wrong checksum"
    return "" if has_checksums else None


def _damage_of_file(path: Path, until_s: float) -> str | None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            connection.set_progress_handler(
                lambda: time.monotonic() > until_s, _STEPS_BETWEEN_LOOKS
            )
            said = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as exc:
        if "interrupted" in str(exc):
            return None
        raise StorageError(str(exc)) from exc
    except sqlite3.DatabaseError as exc:
        return str(exc)  # "database disk image is malformed"
    return "" if said == ("ok",) else str(said[0])
