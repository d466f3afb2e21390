"""What the commands about the whole installation do; a subject's are in its `commands.py`."""

import asyncio
import signal
import subprocess
import sys
from argparse import Namespace
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from controller import backup, installation
from controller.answer import CommandAnswer, said
from controller.db.engine import open_engine, reading
from controller.enrolment import pki
from controller.errors import InstallationError
from controller.relays import service as relays
from controller.settings import ControllerSettings
from runtime import lean, logging, service
from runtime.kernel_clock import read_kernel_time

STOP_LIMIT_S = 12.0


def init(settings: ControllerSettings, _: Namespace) -> CommandAnswer:
    """Make the data folder."""
    made = installation.initialise(settings, now=datetime.now(UTC))
    what = ", ".join(made.certificates)
    is_new, unknown = made.has_new_authority, _units_not_there(settings)
    text = said(
        f"{made.data_dir}: {'CA mới' if is_new else 'CA đã có'}; chứng thư vừa tạo: "
        f"{what or 'không có gì mới'}. Sao lưu pki/: mọi điểm cầu tin vào đó.",
        f"{made.data_dir}: {'a new authority' if is_new else 'the authority that was there'}; "
        f"certificates made: {what or 'nothing new'}. "
        "Keep a backup of pki/: every point trusts it.",
    )
    if unknown:
        names = ", ".join(unknown)
        warning = said(
            f"Không có đơn vị nào mang mã ghi ở serves: {names}.",
            f"No such unit, named in serves: {names}.",
        )
        text = f"{text}\n{warning}"
    return CommandAnswer(
        text,
        {
            "units_not_there": list(unknown),
            "data_dir": str(made.data_dir),
            "has_new_authority": made.has_new_authority,
            "certificates": list(made.certificates),
        },
    )


def _units_not_there(settings: ControllerSettings) -> tuple[str, ...]:
    """Return the units that relays serve by the settings, and that there are not."""
    engine = open_engine(settings.state_database_url)
    try:
        with reading(engine) as session:
            return relays.unknown_units(session, settings, now=datetime.now(UTC))
    finally:
        engine.dispose()


def renew(settings: ControllerSettings, _: Namespace) -> CommandAnswer:
    """Do what is due once a day."""
    from controller import upkeep  # not loaded for the other commands

    done = upkeep.renew(
        settings, now=datetime.now(UTC), is_synchronised=read_kernel_time().is_synchronised
    )
    fields: dict[str, object] = {
        "certificates": list(done.services),
        "doubt": done.doubt.name.lower() if done.doubt else None,
    }
    if done.doubt is not None:
        return CommandAnswer(
            said(
                "Chưa làm gì: đồng hồ của máy chưa đáng tin. Chỉnh lại, hoặc để máy chủ thời gian "
                "chỉnh. Nếu giờ đã đúng, `diemcau-controller init` gia hạn ngay.",
                f"Nothing done: the clock is not believed, {done.doubt.value}. Set it, or let a "
                "time server do so. If it is right, `diemcau-controller init` renews at once.",
            ),
            fields,
        )
    names = ", ".join(done.services)
    text = said(
        f"Đã gia hạn chứng thư: {names or 'không có cái nào'}.",
        f"Certificates renewed: {names or 'none'}.",
    )
    return CommandAnswer(text, fields)


def migrate(settings: ControllerSettings, _: Namespace) -> CommandAnswer:
    """Bring both databases to the newest form."""
    installation.migrate(settings)
    text = said(
        "Cả hai cơ sở dữ liệu đã ở dạng mới nhất.", "Both databases are at their newest form."
    )
    return CommandAnswer(text, {"is_migrated": True})


def broker_config(settings: ControllerSettings, _: Namespace) -> CommandAnswer:
    """Write the broker's configuration."""
    authority = pki.load_authority(settings.pki_dir)
    config_path, acl_path = installation.write_broker_files(
        settings, authority, now=datetime.now(UTC)
    )
    return CommandAnswer(
        said(
            f"Đã ghi {config_path} và {acl_path}. Chạy: mosquitto -c {config_path}",
            f"Written: {config_path} and {acl_path}. Start: mosquitto -c {config_path}",
        ),
        {"config": str(config_path), "acl": str(acl_path)},
    )


def web(settings: ControllerSettings, _: Namespace) -> int:
    """Run the web process."""
    lean.leave_out_optional()
    from controller import service as web_service  # as above

    _configure_log(settings, "controller-web")
    with backup.lock(settings.state_dir, "web"):
        databases = web_service.open_databases(settings)
        return service.run(lambda: web_service.serve(settings, databases))


def ingest(settings: ControllerSettings, _: Namespace) -> int:
    """Run the process that takes in reports."""
    lean.leave_out_optional()
    from controller.ingest import service as ingest_service  # as above

    _configure_log(settings, "controller-ingest")
    with backup.lock(settings.series_dir, "ingest"):
        return service.run(lambda: ingest_service.main(settings))


def enrolment(settings: ControllerSettings, _: Namespace) -> int:
    """Run the process that gives certificates."""
    from controller.enrolment import desk  # as above

    _configure_log(settings, "controller-enrolment")
    with backup.lock(settings.state_dir, "enrolment"):
        return service.run(lambda: desk.serve(settings))


def run(settings: ControllerSettings, arguments: Namespace) -> int:
    """Run web, enrolment and ingest until one of them ends or we are asked to stop."""
    _configure_log(settings, "controller")
    return service.run(lambda: _run_all(arguments.config))


def backup_to(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Copy databases and keys."""
    copied = backup.backup(settings, arguments.folder, now=datetime.now(UTC))
    left = sorted({"state", "series"} - set(installation.sqlite_files(settings)))
    vi, en = (
        (f" Trên PostgreSQL, chép bằng pg_dump: {', '.join(left)}.",
         f" On PostgreSQL, copy with pg_dump: {', '.join(left)}.") if left else ("", "")
    )  # fmt: skip
    return CommandAnswer(
        said(
            f"{arguments.folder}: {len(copied)} tệp, đã kiểm tra.{vi}",
            f"{arguments.folder}: {len(copied)} files, checked.{en}",
        ),
        {"folder": str(arguments.folder), "files": copied, "left_to_pg_dump": left},
    )


def restore_from(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Put a backup back."""
    names = backup.restore(settings, arguments.folder, is_replacing=arguments.replace)
    return CommandAnswer(
        said(
            f"Đã khôi phục {len(names)} tệp vào {settings.data_dir}. Điểm cầu gửi lại phần thiếu.",
            f"{len(names)} files put back into {settings.data_dir}. Points send what is missing.",
        ),
        {"data_dir": str(settings.data_dir), "files": names},
    )


def _configure_log(settings: ControllerSettings, process: str) -> None:
    logging.configure(process, level=settings.log.level, form=settings.log.form)


async def _run_all(config: Path) -> None:
    children = [await _start(name, config) for name in ("web", "enrolment", "ingest")]
    try:
        ends = [asyncio.create_task(child.wait(), name="child") for child in children]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        raise InstallationError(
            "one of web, enrolment and ingest has ended, so the others are stopped",
            "see its message above",
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
