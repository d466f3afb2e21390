"""What each command of the command line does."""

import asyncio
import secrets
import signal
import subprocess
import sys
from argparse import Namespace
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from controller import backup, installation
from controller import broker_config as broker
from controller.db.engine import open_engine, writing
from controller.enrolment import pki
from controller.errors import InstallationError
from controller.people import people_queries
from controller.people.passwords import hash_password
from controller.places import service as places
from controller.roles import Role
from controller.settings import ControllerSettings
from runtime import logging, service

STOP_LIMIT_S = 12.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command says: to a person, and to a program."""

    text: str
    data: dict[str, object]


def init(settings: ControllerSettings, _: Namespace) -> Answer:
    """Make the data folder."""
    made = installation.initialise(settings, now=datetime.now(UTC))
    what = ", ".join(made.certificates) or "nothing new"
    authority = "a new authority" if made.has_new_authority else "the authority that was there"
    return Answer(
        f"{made.data_dir}: {authority}; certificates made: {what}. "
        "Keep a backup of pki/: every point trusts it.",
        {
            "data_dir": str(made.data_dir),
            "has_new_authority": made.has_new_authority,
            "certificates": list(made.certificates),
        },
    )


def migrate(settings: ControllerSettings, _: Namespace) -> Answer:
    """Bring both databases to the newest form."""
    installation.migrate(settings)
    return Answer("Both databases are at their newest form.", {"is_migrated": True})


def broker_config(settings: ControllerSettings, _: Namespace) -> Answer:
    """Write the broker's configuration."""
    config_path, acl_path = broker.write(settings)
    return Answer(
        f"Written: {config_path} and {acl_path}. Start: mosquitto -c {config_path}",
        {"config": str(config_path), "acl": str(acl_path)},
    )


def web(settings: ControllerSettings, _: Namespace) -> int:
    """Run the web process."""
    from controller import service as web_service  # not loaded for the short commands

    _configure_log(settings, "controller-web")
    with backup.lock(settings.data_dir, "web"):
        databases = web_service.open_databases(settings)
        return service.run(lambda: web_service.serve(settings, databases))


def ingest(settings: ControllerSettings, _: Namespace) -> int:
    """Run the process that takes in reports."""
    from controller.ingest import service as ingest_service  # as above

    _configure_log(settings, "controller-ingest")
    with backup.lock(settings.data_dir, "ingest"):
        return service.run(lambda: ingest_service.main(settings))


def run(settings: ControllerSettings, arguments: Namespace) -> int:
    """Run web and ingest side by side until one of them ends or we are asked to stop."""
    _configure_log(settings, "controller")
    return service.run(lambda: _run_both(arguments.config))


def user_add(settings: ControllerSettings, arguments: Namespace) -> Answer:
    """Add a person."""
    if arguments.password_stdin:
        password, shown = sys.stdin.readline().rstrip("\n"), ""
    else:
        password = secrets.token_urlsafe(12)
        shown = f" Password: {password}"
    engine = open_engine(settings.state_database_url, durability="FULL")
    password_hash = hash_password(password)
    with writing(engine) as session:
        is_new = people_queries.save_user(
            session,
            arguments.name,
            display_name=arguments.display_name,
            password_hash=password_hash,
            role=Role(arguments.role),
            now=datetime.now(UTC),
        )
    done = "added" if is_new else "changed; open sessions ended"
    data: dict[str, object] = {"user_name": arguments.name, "role": arguments.role}
    if shown:
        data["password"] = password
    return Answer(f"{arguments.name} ({arguments.role}) {done}.{shown}", data)


def enrol_code(settings: ControllerSettings, arguments: Namespace) -> Answer:
    """Make an enrolment code."""
    made = places.make_code(
        open_engine(settings.state_database_url, durability="FULL"),
        pki.load_authority(settings.pki_dir),
        arguments.point,
        valid_h=settings.enrolment.code_valid_h,
        actor="command line",
        now=datetime.now(UTC),
    )
    until = made.expires_at.isoformat(timespec="minutes")
    return Answer(
        f"{made.code}\nFor {arguments.point}, once, until {until}.",
        {
            "code": made.code,
            "point_id": arguments.point,
            "expires_at": made.expires_at.isoformat(),
        },
    )


def import_places(settings: ControllerSettings, arguments: Namespace) -> Answer:
    """Take over a file of units and points."""
    try:
        text = arguments.file.read_text(encoding="utf-8")
    except UnicodeDecodeError as exc:
        raise InstallationError(f"{arguments.file} is not UTF-8", "save it as UTF-8") from exc
    engine = open_engine(settings.state_database_url, durability="FULL")
    done = places.import_file(engine, text, now=datetime.now(UTC))
    return Answer(
        f"Units: {done.units_added} added, {done.units_changed} known. "
        f"Points: {done.points_added} added, {done.points_changed} known.",
        dict(asdict(done)),
    )


def backup_to(settings: ControllerSettings, arguments: Namespace) -> Answer:
    """Copy databases and keys."""
    copied = backup.backup(settings, arguments.folder, now=datetime.now(UTC))
    left = sorted({"state", "series"} - set(installation.sqlite_files(settings)))
    note = f" On PostgreSQL, copy with pg_dump: {', '.join(left)}." if left else ""
    return Answer(
        f"{arguments.folder}: {len(copied)} files, checked.{note}",
        {"folder": str(arguments.folder), "files": copied, "left_to_pg_dump": left},
    )


def restore_from(settings: ControllerSettings, arguments: Namespace) -> Answer:
    """Put a backup back."""
    names = backup.restore(settings, arguments.folder, is_replacing=arguments.replace)
    return Answer(
        f"{len(names)} files put back into {settings.data_dir}. Points send what is missing.",
        {"data_dir": str(settings.data_dir), "files": names},
    )


def _configure_log(settings: ControllerSettings, process: str) -> None:
    logging.configure(process, level=settings.log.level, form=settings.log.form)


async def _run_both(config: Path) -> None:
    children = [await _start(name, config) for name in ("web", "ingest")]
    try:
        ends = [asyncio.create_task(child.wait(), name="child") for child in children]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        raise InstallationError(
            "one of web and ingest has ended, so the other is stopped", "see its message above"
        )
    finally:
        await _stop(children)


async def _start(name: str, config: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "controller", name, "--config", str(config), stdin=subprocess.DEVNULL
    )


async def _stop(children: list[asyncio.subprocess.Process]) -> None:
    for child in children:
        with suppress(ProcessLookupError):
            child.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_LIMIT_S):
            await asyncio.gather(*(child.wait() for child in children))
    except TimeoutError:
        for child in children:
            with suppress(ProcessLookupError):
                child.kill()
