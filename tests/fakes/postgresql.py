"""A real PostgreSQL server for one run of tests, on a Unix socket in a folder of its own.

with start_postgresql() as server:
    url = server.new_database()          # postgresql+psycopg://...
"""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

_OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def programs() -> Path | None:
    """Return the folder of the newest installed server's programs; None: not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class Server:
    """One running server; every database it gives is new and empty."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = (f"t{number}" for number in itertools.count())

    def new_database(self, *, like: str = "template1") -> str:
        """Return the URL of a new database, or of a copy of the one of that URL."""
        name = next(self._names)
        model = like.partition("@/")[2].partition("?")[0] or like
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{model}"'.encode())
        return f"postgresql+psycopg://diemcau@/{name}?host={self._folder}"

    def set_read_only(self, *, is_read_only: bool) -> None:
        """Let new transactions be read-only, as on a standby, or no longer."""
        value = "on" if is_read_only else "off"
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}".encode())
            connection.execute("SELECT pg_reload_conf()")

    def _dsn(self, name: str) -> str:
        return f"host={self._folder} user=diemcau dbname={name}"


@contextmanager
def start_postgresql() -> Iterator[Server]:
    """Run a server until the block ends."""
    binaries = programs()
    if binaries is None:
        raise FileNotFoundError("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="dc-pg-"))
    user = _own_user(folder)
    data = folder / "data"

    def call(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(binaries / program), *arguments],
            check=True,
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )

    try:
        call("initdb", "-D", str(data), "-U", "diemcau", "-A", "trust", "-N", "-E", "UTF8")
        options = f"{_OPTIONS} -c unix_socket_directories={folder}"
        call("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield Server(folder)
        finally:
            call("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _own_user(folder: Path) -> str | None:
    """The server refuses to run as root: then it runs as the package's user."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("postgres")
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return "postgres"
