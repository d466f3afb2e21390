"""Who owns and who reads what in the data folder, once each process is a user of its own."""

import grp
import os
import pwd
import stat
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from controller import rights
from controller.enrolment import pki
from controller.settings import ControllerSettings, KnownRelay

PROCESSES = ("enrolment", "web", "ingest", "relay", "broker", "reflector")
IDS = {f"diemcau-{name}": 61_000 + number for number, name in enumerate(PROCESSES)}
FILES = (
    "pki/ca.key pki/token.key pki/server.key pki/broker.key pki/centre-ingest.key pki/probe.key "
    "pki/relay-1.key pki/ca.crt pki/revoked.crl pki/relay-2.revoked db/state/state.db "
    "db/series/series.db db/series/series.db-wal mosquitto.conf acl"
).split()

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="not checked: only root gives files away")


@pytest.fixture
def users(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installer's users, on a machine that does not have them."""
    monkeypatch.setattr(pwd, "getpwnam", lambda name: SimpleNamespace(pw_uid=IDS[name]))
    monkeypatch.setattr(grp, "getgrnam", lambda name: SimpleNamespace(gr_gid=IDS[name]))


@pytest.fixture
def settings(tmp_path: Path) -> ControllerSettings:
    """A data folder with one of everything, all of it root's and open to all."""
    for name in FILES:
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
        path.chmod(0o666)
    return ControllerSettings(
        data_dir=tmp_path / "data",
        public_hosts=("10.0.0.1",),
        relays=(KnownRelay(url="https://10.0.0.1:8444"),),
    )


def _readers(path: Path) -> set[str]:
    """Return which of the processes may read a file or folder; enrolment is in all groups."""
    found, names = path.stat(), {number: name for name, number in IDS.items()}
    if found.st_mode & stat.S_IROTH:
        return set(PROCESSES)
    readers = {names[found.st_uid]} if found.st_mode & stat.S_IRUSR else set()
    if found.st_mode & stat.S_IRGRP:
        readers.add(names[found.st_gid])
    return {name.removeprefix("diemcau-") for name in readers}


@pytest.mark.usefixtures("users")
def test_each_reads_its_own_and_enrolment_alone_the_authority(settings: ControllerSettings) -> None:
    data = settings.data_dir
    os.chown(data, IDS["diemcau-enrolment"], IDS["diemcau-enrolment"])
    rights.hand_out(settings)
    rights.hand_out(settings)  # and again, as each upgrade does
    readers = {name: _readers(data / name) - {"enrolment"} for name in FILES}
    assert readers == {
        "pki/ca.key": set(),
        "pki/token.key": {"web"},
        "pki/server.key": {"web"},
        "pki/broker.key": {"broker"},
        "pki/centre-ingest.key": {"ingest"},
        "pki/probe.key": {"reflector"},
        "pki/relay-1.key": {"relay"},
        "pki/ca.crt": set(PROCESSES) - {"enrolment"},
        "pki/revoked.crl": set(PROCESSES) - {"enrolment"},
        "pki/relay-2.revoked": set(PROCESSES) - {"enrolment"},
        # The folder around it lets in web and ingest only.
        "db/state/state.db": set(PROCESSES) - {"enrolment"},
        "db/series/series.db": {"ingest"},
        "db/series/series.db-wal": {"ingest"},
        "mosquitto.conf": {"broker"},
        "acl": {"broker"},
    }
    assert all((data / name).stat().st_uid == IDS["diemcau-enrolment"] for name in FILES)


@pytest.mark.usefixtures("users")
@pytest.mark.parametrize(
    ("service", "readers"), [("relay-1", {"relay"}), ("broker", {"broker"}), ("server", {"web"})]
)
def test_a_renewed_key_is_its_process_again_before_its_certificate_is_there(
    settings: ControllerSettings, service: str, readers: set[str]
) -> None:
    os.chown(settings.data_dir, IDS["diemcau-enrolment"], IDS["diemcau-enrolment"])
    now = datetime.now(UTC)
    authority = pki.new_authority("Thử", now=now)
    assert pki.ensure_service(settings.pki_dir, service, authority, hosts=("10.0.0.1",), now=now)
    key = settings.pki_dir / f"{service}.key"
    assert _readers(key) - {"enrolment"} == readers
    assert key.stat().st_ctime_ns <= key.with_suffix(".crt").stat().st_ctime_ns


@pytest.mark.usefixtures("users")
def test_nobody_else_may_rename_what_is_in_the_data_folder(settings: ControllerSettings) -> None:
    os.chown(settings.data_dir, IDS["diemcau-enrolment"], IDS["diemcau-enrolment"])
    rights.hand_out(settings)
    modes = {
        name: stat.S_IMODE((settings.data_dir / name).stat().st_mode)
        for name in (".", "pki", "db", "db/state", "db/series", "set-aside")
    }
    assert modes == {
        ".": 0o711,
        "pki": 0o751,
        "db": 0o750,
        "db/state": 0o2775,
        "db/series": 0o2770,
        "set-aside": 0o2770,
    }


@pytest.mark.usefixtures("users")
def test_a_folder_that_is_not_the_enrolment_process_s_is_left_alone(
    settings: ControllerSettings,
) -> None:
    rights.hand_out(settings)
    rights.readable_by_broker(settings.data_dir / "acl")
    assert {(settings.data_dir / name).stat().st_mode & 0o777 for name in FILES} == {0o666}
    assert not (settings.data_dir / "set-aside").exists()


# Whatever of Python is only root's to read is loaded before root becomes somebody else.
_BECOME = """
import os, sqlite3, sys
from sqlalchemy import text
from controller.db.engine import open_engine, open_reader, reading, writing
from controller.errors import StorageError
os.umask(0o077)
os.setgroups([int(sys.argv[3])])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[2]))
"""
_WRITER = """
line = sqlite3.connect(sys.argv[1], isolation_level=None)
line.execute("PRAGMA journal_mode = WAL")
line.execute("CREATE TABLE IF NOT EXISTS seen (n)")
line.execute("INSERT INTO seen VALUES (1)")
print("written", flush=True)
sys.stdin.readline()
"""
_READER = """
with reading(open_reader(sys.argv[1])) as session:
    print(session.execute(text("SELECT count(*) FROM seen")).scalar())
for engine in (open_reader(sys.argv[1]), open_engine(sys.argv[1])):
    try:
        with writing(engine) as session:
            session.execute(text("INSERT INTO seen VALUES (2)"))
        print("written")
    except StorageError:
        print("refused")
"""


@pytest.mark.usefixtures("users")
def test_ingest_reads_the_state_database_and_cannot_write_it() -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to others
        made = ControllerSettings(
            data_dir=Path(name) / "data",
            public_hosts=("10.0.0.1",),
            relays=(KnownRelay(url="https://10.0.0.1:8444"),),
        )
        Path(name).chmod(0o755)
        for folder in (made.state_dir, made.series_dir, made.pki_dir):
            folder.mkdir(parents=True)
        database = made.state_dir / "state.db"
        database.touch()
        os.chown(made.data_dir, IDS["diemcau-enrolment"], IDS["diemcau-enrolment"])
        rights.hand_out(made)

        def as_user(process: str, script: str, database: str) -> subprocess.Popen[str]:
            ids = [str(IDS[f"diemcau-{name}"]) for name in (process, "ingest")]
            return subprocess.Popen(
                [sys.executable, "-c", _BECOME + script, database, *ids], text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3],
            )  # fmt: skip

        def ingest_sees() -> list[str]:
            looking = as_user("ingest", _READER, made.state_database_url)
            return looking.communicate(timeout=60)[0].split()

        web = as_user("web", _WRITER, str(database))
        assert web.stdout is not None
        assert web.stdout.readline() == "written\n"
        seen = [ingest_sees()]
        web.kill()
        web.communicate()
        seen.append(ingest_sees())  # the log is left behind
        as_user("web", _WRITER, str(database)).communicate("")
        seen.append(ingest_sees())  # and is not
        assert not list(made.state_dir.glob("*-wal"))
        assert seen == [[count, "refused", "refused"] for count in ("1", "1", "2")]
