"""A copy of the centre: both SQLite databases, consistent while they are written, and the keys.

PostgreSQL has its own tools (pg_dump, base backups) and is not copied here.
"""

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from controller import backup_note, rights
from controller.errors import InstallationError
from controller.installation import Database, bring_to_newest, sqlite_files
from controller.restoring import Identities, forget_what_ended, identities
from controller.settings import ControllerSettings
from runtime import atomic

MANIFEST = "manifest.json"
_FORMAT = 1


@contextmanager
def lock(folder: Path, name: str) -> Iterator[None]:
    """Hold a process' place in the folder of the databases.

    Raises:
        InstallationError: another process holds it, or there is no such folder.
    """
    if not folder.is_dir():
        raise InstallationError(
            f"there is no folder {folder}", "make the installation with `diemcau-controller init`"
        )
    descriptor = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o660)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise InstallationError(
                f"another `diemcau-controller {name}` works on {folder}", "stop it first"
            ) from exc
        yield
    finally:
        os.close(descriptor)


def backup(settings: ControllerSettings, target: Path, *, now: datetime) -> list[str]:
    """Copy databases and keys into a new folder; return the names of what was copied.

    It is read again whole; how it ended is noted for the page of the centre.

    Raises:
        InstallationError: the folder is there already, or a copy is not sound.
        OSError: it cannot be written.
    """
    try:
        copied = _copied(settings, target, now=now)
        _checked(target)
    except (InstallationError, OSError) as exc:
        with suppress(OSError):  # of a full disk the first word is wanted
            backup_note.failed(settings, str(exc), now)
        raise
    backup_note.made(settings, target, list(sqlite_files(settings)), now)
    return copied


def _copied(settings: ControllerSettings, target: Path, *, now: datetime) -> list[str]:
    if target.exists():
        raise InstallationError(f"{target} is there already", "choose a new folder")
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    for name, path in sqlite_files(settings).items():
        _copy_database(path, partial / f"{name}.db")
    shutil.copytree(settings.pki_dir, partial / "pki")
    digests = {str(p.relative_to(partial)): _digest(p) for p in _files(partial)}
    manifest = {"format": _FORMAT, "made_at": now.isoformat(), "sha256": digests}
    atomic.write_bytes(partial / MANIFEST, json.dumps(manifest, indent=1).encode())
    partial.rename(target)
    return sorted(digests)


def restore(settings: ControllerSettings, source: Path, *, is_replacing: bool) -> list[str]:
    """Put a backup into the data folder; web, enrolment and ingest must be stopped.

    Raises:
        InstallationError: the backup is damaged or of a later version, or something would be
            overwritten.
        OSError: it cannot be read or written.
    """
    names = _checked(source)
    for folder in (settings.databases_dir, settings.state_dir, settings.series_dir):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as locks:
        for name in ("web", "enrolment", "ingest"):
            folder = settings.series_dir if name == "ingest" else settings.state_dir
            locks.enter_context(lock(folder, name))
        targets = sqlite_files(settings)
        present = [path for path in (*targets.values(), settings.pki_dir) if path.exists()]
        if present and not is_replacing:
            raise InstallationError(f"{present[0]} is there already", "give --replace to lose it")
        known = identities(targets["state"]) if "state" in targets else Identities()
        # All of them first: one that cannot be brought to the newest form leaves all as it is.
        ready = {
            path: locks.enter_context(_newest(source / f"{name}.db", path, name, known))
            for name, path in targets.items()
            if f"{name}.db" in names
        }
        for path, copy in ready.items():
            _put_database(copy, path)
        settings.pki_dir.mkdir(exist_ok=True, mode=0o700)
        for path in _files(source / "pki"):
            _put(path, settings.pki_dir / path.name)
        rights.hand_out(settings)
    return names


def _checked(source: Path) -> list[str]:
    try:
        manifest = json.loads((source / MANIFEST).read_text())
        digests: dict[str, str] = dict(manifest["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise InstallationError(f"{source} is no backup ({exc})", "choose another") from exc
    for name, digest in digests.items():
        path = source / name
        if not path.is_file() or _digest(path) != digest:
            raise InstallationError(f"{path} is damaged", "use another backup")
    return sorted(digests)


def _copy_database(source: Path, target: Path) -> None:
    """Copy with SQLite's own backup, which sees one committed state, and check the copy."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")
        verdict = new.execute("PRAGMA quick_check").fetchone()
    if verdict != ("ok",):
        raise InstallationError(f"the copy of {source} is not sound ({verdict})", "try again")
    target.chmod(0o600)


@contextmanager
def _newest(source: Path, target: Path, name: Database, known: Identities) -> Iterator[Path]:
    """Copy a database beside where it goes; that of the state without what has ended since."""
    with TemporaryDirectory(dir=target.parent, prefix=".restored-") as folder:
        copy = Path(shutil.copy2(source, folder))
        bring_to_newest(f"sqlite:///{copy}", name)
        if name == "state":
            forget_what_ended(copy, known)
        yield copy


def _put_database(copy: Path, target: Path) -> None:
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    copy.replace(target)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)


def _put(source: Path, target: Path) -> None:
    temporary = target.with_name(f".{target.name}.restored")
    shutil.copy2(source, temporary)
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(target)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
