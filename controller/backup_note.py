"""What became of the last backup: written by who makes it, read by who watches the centre.

A file beside the state database, which web may read, and no row of it: it outlives a restore.
"""

from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from contracts import codec
from contracts.errors import MalformedPayload
from contracts.message import Instant, Message, Sentence
from controller.settings import ControllerSettings
from runtime import atomic

_MOST_CHARS = 400


class BackupNote(Message, frozen=True):
    """The last backup that was made and read again whole; `failed_at`: a later try that was not.

    `databases`: which of them are in it.
    """

    made_at: Instant | None = None
    folder: Sentence = ""
    databases: tuple[str, ...] = ()
    failed_at: Instant | None = None
    problem: Sentence = ""


def path(settings: ControllerSettings) -> Path:
    """Return where the note is."""
    return settings.state_dir / "last-backup.json"


def read(settings: ControllerSettings) -> BackupNote:
    """Return the note; one that cannot be read says nothing."""
    try:
        return codec.decode(BackupNote, path(settings).read_bytes())
    except (OSError, MalformedPayload):
        return BackupNote()


def made(settings: ControllerSettings, folder: Path, databases: list[str], now: datetime) -> None:
    """Note a backup that can be read."""
    _write(
        settings,
        BackupNote(
            made_at=now, folder=str(folder)[:_MOST_CHARS], databases=tuple(sorted(databases))
        ),
    )


def failed(settings: ControllerSettings, problem: str, now: datetime) -> None:
    """Note that a backup could not be made; the last one stays known."""
    _write(settings, replace(read(settings), failed_at=now, problem=problem[:_MOST_CHARS]))


def _write(settings: ControllerSettings, note: BackupNote) -> None:
    atomic.write_bytes(path(settings), codec.encode(note))
    path(settings).chmod(0o644)  # whatever the umask of who makes the backup
