"""A series database of its own for every test, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from controller.db.engine import open_engine
from controller.db.migrate import upgrade
from tests.fakes.postgresql import Server, programs, start_postgresql


def _upgraded(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine, "series")
    engine.dispose()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    path = tmp_path_factory.mktemp("series") / "empty.db"
    _upgraded(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A server for the session."""
    if programs() is None:
        pytest.skip("not checked: no PostgreSQL (apt install postgresql)")
    with start_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_series(postgresql: Server) -> str:
    """A migrated database to copy."""
    url = postgresql.new_database()
    _upgraded(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def series_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated series database, once on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "series.db"
        shutil.copy(request.getfixturevalue("empty_sqlite"), path)
        return f"sqlite:///{path}"
    server: Server = request.getfixturevalue("postgresql")
    return server.new_database(like=request.getfixturevalue("migrated_series"))


@pytest.fixture
def series(series_url: str) -> Iterator[Engine]:
    """An engine on it."""
    engine = open_engine(series_url)
    yield engine
    engine.dispose()
