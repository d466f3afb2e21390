"""The one door to a database: an engine, and sessions that read or write.

On SQLite a transaction that may write begins with BEGIN IMMEDIATE: a deferred one
that first reads and then writes fails at once with SQLITE_BUSY_SNAPSHOT, whatever
the timeout. Reading sessions see one snapshot and never wait for the writer (WAL).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import sqlalchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, NullPool
from sqlmodel import Session

from controller.errors import StorageError, StorageFull, UnstorableValue
from runtime.guard import guarded

Durability = Literal["NORMAL", "FULL"]

BUSY_TIMEOUT_MS = 10_000
_WRITING = "is_writing"
# Requests run in 40 threads, some of which read and write at once.
_POOL: dict[str, Any] = {"pool_size": 10, "max_overflow": 50, "pool_timeout": 10}
UNUSABLE = (OperationalError, InterfaceError, InternalError)
"""The database cannot be used now; psycopg calls one that turned read-only "internal"."""
_READ_ONLY = "25006"
_FULL_SIGNS = ("database or disk is full", "no space left", "could not extend file", "disk full")


def open_engine(url: str, *, durability: Durability = "NORMAL") -> Engine:
    """Return an engine for `sqlite:///FILE` or `postgresql+psycopg://…`.

    Args:
        durability: SQLite's `synchronous`; FULL survives a power cut after each commit.
    """
    if sqlalchemy.make_url(url).get_backend_name() != "sqlite":
        engine = sqlalchemy.create_engine(url, pool_pre_ping=True, **_POOL)
        event.listen(engine, "handle_error", _leave_server)
        return engine
    engine = sqlalchemy.create_engine(url, connect_args={"check_same_thread": False}, **_POOL)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see _begin
        for pragma in (
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "journal_mode = WAL",
            f"synchronous = {durability}",
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        is_writing = connection.get_execution_options().get(_WRITING, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")

    return engine


def _leave_server(context: ExceptionContext) -> None:
    """Throw the pool away where a server has become a standby: the next may be the primary."""
    if getattr(context.original_exception, "sqlstate", None) == _READ_ONLY:
        context.is_disconnect = True


def open_reader(url: str) -> Engine:
    """Return an engine that cannot write, for a database whose files are another process'."""
    made = sqlalchemy.make_url(url)
    if made.get_backend_name() != "sqlite":
        return open_engine(url)
    path = Path(made.database or "")

    def connect() -> sqlite3.Connection:
        # Nobody has it open where there is no log beside it, nor may we make one.
        is_still = not path.with_name(f"{path.name}-wal").exists()
        mode = "immutable=1" if is_still else "mode=ro"
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?{mode}", uri=True, check_same_thread=False
        )
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        return connection

    # Each look opens it anew: what it finds beside the file may have changed.
    return sqlalchemy.create_engine("sqlite://", creator=connect, poolclass=NullPool)


def writer(engine: Engine) -> Engine:
    """Return the same engine and pool, whose transactions may write."""
    options: dict[str, Any] = {_WRITING: True}
    return engine.execution_options(**options)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Give a session for reading: one snapshot, never committed.

    Raises:
        StorageError: the database cannot be used now.
    """
    with _translated(), Session(engine, expire_on_commit=False) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Give a session for writing; commits at the end, rolls back on any error.

    Raises:
        StorageFull: there is no room left; nothing of this transaction was kept.
        StorageError: the database cannot be used now.
    """
    with _translated(), Session(writer(engine), expire_on_commit=False) as session:
        session.connection()  # begins now, so that a claim sees no older snapshot
        yield session
        session.commit()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except UNUSABLE as exc:
        raise storage_error(exc) from exc
    except PoolTimeout as exc:
        raise StorageError("all its connections are in use") from exc
    except (DataError, UnicodeEncodeError, OverflowError) as exc:
        # From SQLite's driver: half of a surrogate pair, a number of more than 64 bits.
        raise UnstorableValue from exc


@contextmanager
def usable() -> Iterator[None]:
    """Tell a database that cannot be used from a row that it does not take, whose error stays.

    Raises:
        StorageError: the database cannot be used now, whatever is asked of it.
    """
    try:
        yield
    except (DataError, IntegrityError):
        raise
    except DBAPIError as exc:
        raise storage_error(exc) from exc
    except PoolTimeout as exc:
        raise StorageError("all its connections are in use") from exc
    except MemoryError as exc:
        raise StorageError("there is no memory left") from exc


@contextmanager
def apart(connection: Connection, kind: str, **who: object) -> Iterator[None]:
    """Write for one of many: where that fails nothing of it is kept, and the others are.

    Raises:
        StorageError: the database cannot be used now.
    """
    with guarded(kind, None, (StorageError,), **who), usable(), connection.begin_nested():
        yield


def storage_error(exc: DBAPIError) -> StorageError:
    """Return what a driver's error means to us."""
    text = str(exc.orig)
    if any(sign in text.lower() for sign in _FULL_SIGNS):
        return StorageFull(text)
    return StorageError(text)
