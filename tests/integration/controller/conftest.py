"""Real neighbours of the centre: SQLite and PostgreSQL, an installation, the application."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from controller.db.engine import open_engine
from controller.db.migrate import upgrade
from tests.fakes import postgresql
from tests.integration.controller.centre import Centre, Installation, serving


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """One server for this worker's tests."""
    if postgresql.programs() is None:
        pytest.skip("not checked: no PostgreSQL")
    with postgresql.start_postgresql() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, on both engines in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    server: postgresql.Server = request.getfixturevalue("postgresql_server")
    return server.new_database()


@pytest.fixture(scope="session")
def migrated_state(postgresql_server: postgresql.Server) -> str:
    """A migrated database to copy."""
    url = postgresql_server.new_database()
    _upgrade(url)
    return url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    path = tmp_path_factory.mktemp("state") / "migrated.db"
    _upgrade(f"sqlite:///{path}")
    return path


def _upgrade(url: str) -> None:
    engine = open_engine(url, durability="FULL")
    upgrade(engine, "state")
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated state database, on both engines in turn."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        return f"sqlite:///{path}"
    server: postgresql.Server = request.getfixturevalue("postgresql_server")
    return server.new_database(like=request.getfixturevalue("migrated_state"))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with units, points and people; copied, never changed."""
    return Installation.make(tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="session")
def made_on_postgresql(made: Installation, postgresql_server: postgresql.Server) -> Installation:
    """The same over two databases of PostgreSQL; copied, never changed."""
    return made.on(postgresql_server)


@pytest.fixture
def installation(made: Installation, tmp_path: Path) -> Installation:
    """An installation of this test's own."""
    return made.copy(tmp_path / "centre")


@pytest.fixture(params=["sqlite", "postgresql"])
def installed(request: pytest.FixtureRequest, installation: Installation) -> Installation:
    """The installation over each database engine in turn."""
    if request.param == "postgresql":
        model: Installation = request.getfixturevalue("made_on_postgresql")
        server: postgresql.Server = request.getfixturevalue("postgresql_server")
        return installation.over(
            server.new_database(like=model.settings.state_database_url),
            server.new_database(like=model.settings.series_database_url),
        )
    return installation


@pytest.fixture
async def centre(installed: Installation) -> AsyncIterator[Centre]:
    """The application over each database engine in turn, without a broker."""
    async with serving(installed) as running:
        yield running


@pytest.fixture
async def sqlite_centre(installation: Installation) -> AsyncIterator[Centre]:
    """The application over SQLite: for what only a database file can do."""
    async with serving(installation) as running:
        yield running
