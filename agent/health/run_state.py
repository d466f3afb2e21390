"""Whether the agent runs, and what it last said about itself: for `diemcau-agent status`.

It runs where somebody holds the data folder's lock. That is true also where run.json cannot
be written, since a lock needs neither a file nor a byte of the disk.
"""

import fcntl
import os
from pathlib import Path
from typing import Annotated

import structlog
from msgspec import Meta

from agent.errors import AlreadyRunning
from contracts import codec
from contracts.errors import MalformedPayload
from contracts.lan import AddressText
from contracts.machine import BootFacts
from contracts.message import Count, Instant, Message, Sentence, ShortText

_log = structlog.get_logger()


class RunState(Message, frozen=True):
    """Written every few seconds, so not synced to the disk; after a power cut it is some older.

    `is_stopped`: the agent was told to end, and did. `stood_at`: the addresses at which the broker
    proved who it is, the last one last.
    """

    pid: Count
    started_at: Instant
    written_at: Instant
    version: ShortText
    broker: Sentence
    is_connected: bool
    samples_total: Count
    last_outbox_id: ShortText
    last_seq: Count
    reports_sent_total: Count
    rejected_documents_total: Count
    reports_in_memory: Count = 0
    outbox_problem: Sentence = ""
    no_session: ShortText = ""
    boot_id: ShortText = ""
    boot: BootFacts | None = None
    is_stopped: bool = False
    stood_at: Annotated[tuple[AddressText, ...], Meta(max_length=8)] = ()


def claim(root: Path) -> int:
    """Take the data folder for this process, until it ends; return the open folder.

    Raises:
        AlreadyRunning: another agent has it.
    """
    folder = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        os.close(folder)
        raise AlreadyRunning(root) from exc
    return folder


def is_claimed(root: Path) -> bool | None:
    """Return whether an agent runs on the data folder; None: it cannot be asked."""
    try:
        folder = os.open(root, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(folder, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return None
    finally:
        os.close(folder)
    return False


def write(path: Path, state: RunState) -> None:
    """Replace the file; a disk that is full is told elsewhere and costs only this file."""
    temporary = path.with_name(f".{path.name}")
    try:
        temporary.write_bytes(codec.encode(state))
        os.replace(temporary, path)
    except OSError as exc:
        _log.debug("run_state_not_written", error=str(exc))


def last(path: Path) -> RunState | None:
    """Return what the agent that ran before said last; None: nothing that can be read."""
    try:
        return codec.decode(RunState, path.read_bytes())
    except (OSError, MalformedPayload):
        return None


def own_pid() -> int:
    """Return this process' number."""
    return os.getpid()
