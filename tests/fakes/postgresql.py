"""A real PostgreSQL server for one run of tests, on a Unix socket in a folder of its own.

with start_postgresql() as server:
    url = server.new_database()          # postgresql+psycopg://...
    with server.standing_by() as fail_over:   # a second server that follows the first
        url = server.new_database()      # names both: whichever can be written is used
        fail_over()                      # the first one is killed, the second takes over
"""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.waiting import until_blocking

_OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def programs() -> Path | None:
    """Return the folder of the newest installed server's programs; None: not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class Server:
    """One running server; every database it gives is new and empty."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._standby: Path | None = None
        self._names = (f"t{number}" for number in itertools.count())

    def new_database(self, *, like: str = "template1") -> str:
        """Return the URL of a new database, or of a copy of the one of that URL."""
        name = next(self._names)
        model = like.partition("@/")[2].partition("?")[0] or like
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{model}"'.encode())
        where = f"host={self._folder}"
        if self._standby is not None:
            where += f",{self._standby}&target_session_attrs=read-write"
        return f"postgresql+psycopg://diemcau@/{name}?{where}"

    @contextmanager
    def standing_by(self) -> Iterator[Callable[[], None]]:
        """Run a second server that follows this one; the function makes it take over."""
        self._standby = Path(tempfile.mkdtemp(prefix="dc-pg-"))
        user, data = _own_user(self._standby), self._standby / "data"
        source = ("-h", str(self._folder), "-U", "diemcau", "-D", str(data))
        _call("pg_basebackup", *source, "-R", "-X", "stream", "-c", "fast", user=user)
        _start(self._standby, user)

        def fail_over() -> None:
            until_blocking(self._is_followed, 10)
            _call("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop", user=user)
            _call("pg_ctl", "-D", str(data), "-w", "promote", user=user)

        try:
            yield fail_over
        finally:
            _call("pg_ctl", "-D", str(data), "-m", "immediate", "stop", user=user)
            shutil.rmtree(self._standby, ignore_errors=True)

    def _is_followed(self) -> bool:
        with psycopg.connect(self._dsn("postgres")) as connection:
            found = connection.execute(
                "SELECT replay_lsn >= pg_current_wal_insert_lsn() FROM pg_stat_replication"
            ).fetchone()
        return found is not None and bool(found[0])

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
    if programs() is None:
        raise FileNotFoundError("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="dc-pg-"))
    user, data = _own_user(folder), folder / "data"
    try:
        as_asked = ("-U", "diemcau", "-A", "trust", "-N", "-E", "UTF8")
        _call("initdb", "-D", str(data), *as_asked, user=user)
        _start(folder, user)
        try:
            yield Server(folder)
        finally:
            if (data / "postmaster.pid").exists():
                _call("pg_ctl", "-D", str(data), "-m", "immediate", "stop", user=user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, user: str | None) -> None:
    options = ("-o", f"{_OPTIONS} -c unix_socket_directories={folder}")
    log = ("-l", str(folder / "log"))
    _call("pg_ctl", "-D", str(folder / "data"), "-w", *log, *options, "start", user=user)


def _call(program: str, *arguments: str, user: str | None) -> None:
    subprocess.run(
        [str((programs() or Path()) / program), *arguments],
        check=True,
        user=user,
        cwd="/",
        stdout=subprocess.DEVNULL,
    )


def _own_user(folder: Path) -> str | None:
    """The server refuses to run as root: then it runs as the package's user."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("postgres")
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return "postgres"
