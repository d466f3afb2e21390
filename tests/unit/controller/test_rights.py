"""Who owns and who reads what in the data folder, once each process is a user of its own."""

import grp
import os
import pwd
import stat
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from controller import rights
from controller.enrolment import pki
from controller.settings import ControllerSettings, KnownRelay

PROCESSES = ("web", "ingest", "relay", "broker", "reflector")
IDS = {f"diemcau-{name}": 61_000 + number for number, name in enumerate(PROCESSES)}
FILES = (
    "pki/ca.key pki/token.key pki/server.key pki/broker.key pki/centre-ingest.key pki/probe.key "
    "pki/relay-1.key pki/ca.crt pki/revoked.crl db/state.db db/series.db db/series.db-wal "
    "mosquitto.conf acl"
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
    """Return which of the processes may read a file or folder, web in everybody's group."""
    found, names = path.stat(), {number: name for name, number in IDS.items()}
    if found.st_mode & stat.S_IROTH:
        return set(PROCESSES)
    readers = {names[found.st_uid]} if found.st_mode & stat.S_IRUSR else set()
    if found.st_mode & stat.S_IRGRP:
        readers.add(names[found.st_gid])
    return {name.removeprefix("diemcau-") for name in readers}


@pytest.mark.usefixtures("users")
def test_each_reads_its_own_and_web_alone_the_authority(settings: ControllerSettings) -> None:
    data = settings.data_dir
    os.chown(data, IDS["diemcau-web"], IDS["diemcau-web"])
    rights.hand_out(settings)
    rights.hand_out(settings)  # and again, as each upgrade does
    readers = {name: _readers(data / name) - {"web"} for name in FILES}
    assert readers == {
        "pki/ca.key": set(),
        "pki/token.key": set(),
        "pki/server.key": set(),
        "pki/broker.key": {"broker"},
        "pki/centre-ingest.key": {"ingest"},
        "pki/probe.key": {"reflector"},
        "pki/relay-1.key": {"relay"},
        "pki/ca.crt": set(PROCESSES) - {"web"},
        "pki/revoked.crl": set(PROCESSES) - {"web"},
        "db/state.db": {"ingest"},
        "db/series.db": {"ingest"},
        "db/series.db-wal": {"ingest"},
        "mosquitto.conf": {"broker"},
        "acl": {"broker"},
    }
    assert all((data / name).stat().st_uid == IDS["diemcau-web"] for name in FILES)


@pytest.mark.usefixtures("users")
@pytest.mark.parametrize(
    ("service", "readers"), [("relay-1", {"relay"}), ("broker", {"broker"}), ("server", set())]
)
def test_a_renewed_key_is_its_process_again_before_its_certificate_is_there(
    settings: ControllerSettings, service: str, readers: set[str]
) -> None:
    os.chown(settings.data_dir, IDS["diemcau-web"], IDS["diemcau-web"])
    now = datetime.now(UTC)
    authority = pki.new_authority("Thử", now=now)
    assert pki.ensure_service(settings.pki_dir, service, authority, hosts=("10.0.0.1",), now=now)
    key = settings.pki_dir / f"{service}.key"
    assert _readers(key) - {"web"} == readers
    assert key.stat().st_ctime_ns <= key.with_suffix(".crt").stat().st_ctime_ns


@pytest.mark.usefixtures("users")
def test_nobody_else_may_rename_what_is_in_the_data_folder(settings: ControllerSettings) -> None:
    os.chown(settings.data_dir, IDS["diemcau-web"], IDS["diemcau-web"])
    rights.hand_out(settings)
    modes = {
        name: stat.S_IMODE((settings.data_dir / name).stat().st_mode)
        for name in (".", "pki", "db", "set-aside")
    }
    assert modes == {".": 0o711, "pki": 0o711, "db": 0o2770, "set-aside": 0o2770}


@pytest.mark.usefixtures("users")
def test_a_folder_that_is_not_the_web_process_s_is_left_alone(settings: ControllerSettings) -> None:
    rights.hand_out(settings)
    rights.readable_by_broker(settings.data_dir / "acl")
    assert {(settings.data_dir / name).stat().st_mode & 0o777 for name in FILES} == {0o666}
    assert not (settings.data_dir / "set-aside").exists()
