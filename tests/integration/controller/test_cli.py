"""The command line: exit codes and sentences, import, backup and restore, two processes."""

import asyncio
import hashlib
import json
import os
import signal
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command as alembic

from contracts.ids import MeetingId, PointId
from controller import backup
from controller.db.engine import open_engine, reading, writer, writing
from controller.db.migrate import configuration
from controller.enrolment import certificate_queries
from controller.errors import InstallationError
from controller.installation import sqlite_files
from controller.meetings import meeting_queries
from controller.meetings.calendar import Calendar, MeetingForm
from controller.people import people_queries
from tests.fakes.mosquitto import free_port
from tests.integration.controller.centre import Centre, Installation, web_process
from tests.waiting import until

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left."""

    code: int
    out: str
    err: str


async def command(*arguments: str | Path, stdin: str = "") -> Ended:
    """Run `diemcau-controller` to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "controller",
        *(str(one) for one in arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    async with asyncio.timeout(90):
        out, err = await process.communicate(stdin.encode())
    return Ended(process.returncode or 0, out.decode(), err.decode())


async def test_from_nothing_to_a_code(tmp_path: Path) -> None:
    config = tmp_path / "controller.toml"
    config.write_text(
        'data_dir = "data"\npublic_hosts = ["127.0.0.1"]\n'
        '[[relays]]\nurl = "https://127.0.0.1:8444"\n'
    )
    places = tmp_path / "places.csv"
    places.write_text("what,unit_id,point_id,name\nunit,tinh,,Tỉnh\npoint,tinh,p-a,Phòng họp\n")
    made = await command("init", "--config", config, "--json")
    assert (made.code, json.loads(made.out)["has_new_authority"]) == (0, True)
    again = await command("init", "--config", config, "--json")
    assert json.loads(again.out) == {
        "data_dir": str(tmp_path / "data"),
        "has_new_authority": False,
        "certificates": [],
        "units_not_there": [],
    }
    took = await command("unit", "import", places, "--config", config)
    assert took.out == (
        "Đơn vị: thêm 1, đã có 0. Điểm cầu: thêm 1, đã có 0. Đọc theo UTF-8, commas.\n"
        "Units: 1 added, 0 known. Points: 1 added, 0 known. Read as UTF-8, commas.\n"
    )
    added = await command(
        "user", "add", "chi", "--role", "office", "--password-stdin", "--config", config,
        stdin="mat-khau-dai\n",
    )  # fmt: skip
    assert (added.code, "mat-khau-dai" in added.out) == (0, False)
    code = await command("enrol-code", "p-a", "--config", config, "--json")
    assert len(json.loads(code.out)["code"]) == 34
    engine = open_engine(f"sqlite:///{tmp_path / 'data' / 'db' / 'state' / 'state.db'}")
    with reading(engine) as session:
        user = people_queries.active_user(session, "chi")
    engine.dispose()
    assert user is not None
    assert user.password_hash.startswith("$argon2id$")
    modes = {p.name: p.stat().st_mode & 0o077 for p in (tmp_path / "data").rglob("*.key")}
    modes["state.db"] = (tmp_path / "data" / "db" / "state" / "state.db").stat().st_mode & 0o077
    assert set(modes.values()) == {0}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("htps_port = 1", "web.htps_port: không có khóa này; có phải 'https_port'?"),
        ("htps_port = 1", "this key is not known; did you mean 'https_port'?"),
        ('https_port = "x"', "web.https_port: cần `int`, đang là `str` / Expected `int`, got"),
    ],
)
async def test_a_typo_in_the_configuration_is_exit_2(
    installation: Installation, line: str, said: str
) -> None:
    config = installation.write_config()
    config.write_text(
        config.read_text()
        .replace("[web]", f"[web]\n{line}")
        .replace(f"https_port = {installation.settings.web.https_port}\n", "")
    )
    ended = await command("web", "--config", config)
    assert ended.code == 2
    assert said in ended.err
    assert str(config) in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("enrol-code", "nowhere"), 1, "There is no such point."),
        (("point", "import", "/nowhere.csv"), 1, "/nowhere.csv: không có tệp hay thư mục này"),
        (("user", "add", "x", "--role", "king"), 2, "invalid choice"),
        (("unit", "import", "/nonexistent"), 1, "No such file"),
        (("restore", "/nonexistent"), 1, "is no backup"),
        (("frobnicate",), 2, "invalid choice"),
    ],
)
async def test_what_cannot_be_done_is_a_sentence(
    installation: Installation, arguments: tuple[str, ...], code: int, said: str
) -> None:
    more = () if arguments == ("frobnicate",) else ("--config", str(installation.write_config()))
    ended = await command(*arguments, *more)
    assert (ended.code, said in ended.err, "Traceback" in ended.err) == (code, True, False)


async def test_a_port_in_use_names_the_port_and_ends_with_1(installation: Installation) -> None:
    taken = await asyncio.start_server(
        lambda _, writer: writer.close(), "127.0.0.1", installation.settings.web.https_port
    )
    async with taken:
        ended = await command("web", "--config", installation.write_config())
    assert ended.code == 1
    assert f"port {installation.settings.web.https_port} on 127.0.0.1 is in use" in ended.err
    assert "Traceback" not in ended.err


async def test_a_second_web_process_on_one_folder_is_refused(installation: Installation) -> None:
    async with web_process(installation):
        ended = await command("web", "--config", installation.write_config())
        restored = await command(
            "restore", installation.settings.data_dir, "--config", installation.write_config()
        )
    assert (ended.code, "stop it first" in ended.err) == (1, True)
    assert restored.code == 1


async def test_an_installation_without_keys_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    config = tmp_path / "controller.toml"
    config.write_text(
        'data_dir = "data"\npublic_hosts = ["127.0.0.1"]\n'
        '[[relays]]\nurl = "https://127.0.0.1:8444"\n'
        f'[web]\nbind = "127.0.0.1"\nhttps_port = {free_port()}\nhttp_port = {free_port()}\n'
    )
    ended = await command("web", "--config", config)
    assert ended.code == 1
    assert "diemcau-controller init" in ended.err
    assert "Traceback" not in ended.err


async def test_a_backup_taken_while_written_restores_to_the_same(
    sqlite_centre: Centre, installation: Installation, tmp_path: Path
) -> None:
    now = sqlite_centre.time.now()
    later = now + timedelta(hours=1)
    form = MeetingForm("Giao ban", "p-chair", ("p-b",), now, later)
    meetings = [sqlite_centre.web.part(Calendar).create(form, actor="office") for _ in range(20)]
    target = tmp_path / "backup"
    copied = backup.backup(installation.settings, target, now=now)
    sqlite_centre.web.part(Calendar).create(form, actor="office")
    assert {"state.db", "series.db", "pki/ca.key"} <= set(copied)
    sqlite_centre.web.state.dispose()
    sqlite_centre.web.series.dispose()
    refused = await command("restore", target, "--config", installation.write_config())
    assert (refused.code, "--replace" in refused.err) == (1, True)
    done = await command("restore", target, "--replace", "--config", installation.write_config())
    assert done.code == 0, done.err
    engine = open_engine(installation.settings.state_database_url)
    with reading(engine) as session:
        found = meeting_queries.between(session, begins=now, ends=later)
        assert {one.meeting_id for one in found} == {one.meeting_id for one in meetings}
        first = MeetingId(meetings[0].meeting_id)
        assert meeting_queries.participants(session, first) == ["p-chair", "p-b"]
    engine.dispose()


def signed_anew(folder: Path, name: str) -> None:
    """Let a backup's manifest have the digest of a file that a test has changed."""
    manifest = json.loads((folder / backup.MANIFEST).read_text())
    manifest["sha256"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / backup.MANIFEST).write_text(json.dumps(manifest))


def test_a_backup_of_which_one_database_cannot_be_read_changes_neither(
    installation: Installation, tmp_path: Path
) -> None:
    settings, target = installation.settings, tmp_path / "backup"
    backup.backup(settings, target, now=datetime.now(UTC))
    with closing(sqlite3.connect(target / "series.db")) as later, later:
        later.execute("UPDATE series_version SET version_num = '9999'")
    signed_anew(target, "series.db")
    databases = sqlite_files(settings).values()
    there = [path.stat().st_ino for path in databases]
    with pytest.raises(InstallationError, match="later version"):
        backup.restore(settings, target, is_replacing=True)
    assert [path.stat().st_ino for path in databases] == there


def test_a_backup_of_before_keys_were_kept_restores_with_the_keys_that_are_known(
    installation: Installation, tmp_path: Path
) -> None:
    settings, now, target = installation.settings, datetime.now(UTC), tmp_path / "backup"
    backup.backup(settings, target, now=now)
    old = open_engine(f"sqlite:///{target / 'state.db'}")
    with writer(old).begin() as connection:
        alembic.downgrade(configuration("state", connection), "s0006")
    old.dispose()
    signed_anew(target, "state.db")
    engine = open_engine(settings.state_database_url)
    with writing(engine) as session:
        certificate_queries.add(
            session, "p-b", serial="1", sha256="ab" * 32, issued_at=now,
            expires_at=now + timedelta(days=1), public_key="04",
        )  # fmt: skip
    engine.dispose()
    backup.restore(settings, target, is_replacing=True)
    with reading(engine) as session:
        [kept] = certificate_queries.of_points(session, [PointId("p-b")])
    engine.dispose()
    assert (kept.serial, kept.public_key) == ("1", "04")
    assert not list(settings.state_dir.glob(".restored-*"))


async def test_a_database_on_postgresql_is_left_to_pg_dump_and_said_so(
    installation: Installation, tmp_path: Path
) -> None:
    config = installation.write_config()
    elsewhere = 'series_url = "postgresql+psycopg://diemcau@/series"\n'
    config.write_text(elsewhere + config.read_text())
    done = await command("backup", tmp_path / "backup", "--config", config)
    assert done.code == 0, done.err
    assert "On PostgreSQL, copy with pg_dump: series." in done.out
    assert (tmp_path / "backup" / "state.db").exists()
    assert not (tmp_path / "backup" / "series.db").exists()


async def test_a_damaged_backup_is_refused_and_nothing_is_touched(
    installation: Installation, tmp_path: Path
) -> None:
    target = tmp_path / "backup"
    backup.backup(installation.settings, target, now=datetime.now(UTC))
    content = bytearray((target / "state.db").read_bytes())
    content[5000] ^= 1
    (target / "state.db").write_bytes(content)
    before = (installation.settings.state_dir / "state.db").read_bytes()
    ended = await command("restore", target, "--replace", "--config", installation.write_config())
    assert (ended.code, "is damaged" in ended.err) == (1, True)
    assert (installation.settings.state_dir / "state.db").read_bytes() == before


async def test_run_starts_all_and_ends_with_1_when_one_is_killed(
    installation: Installation,
) -> None:
    config = installation.write_config()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "controller", "run", "--config", str(config),
        stderr=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip

    def children() -> dict[str, int]:
        path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        pids = [int(pid) for pid in path.read_text().split()]
        return {Path(f"/proc/{pid}/cmdline").read_text().split("\0")[3]: pid for pid in pids}

    def is_up() -> bool:
        locks = set(installation.settings.databases_dir.glob("*/*.lock"))
        # Who has just been forked has not yet a name of its own.
        return len(locks) == 3 and set(children()) == {"web", "enrolment", "ingest"}

    try:
        await until(is_up, timeout_s=60, what="all run")
        os.kill(children()["ingest"], signal.SIGKILL)
        async with asyncio.timeout(60):
            _, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
    assert process.returncode == 1
    assert b"one of web, enrolment and ingest has ended" in err
