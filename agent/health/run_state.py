"""What the running agent last said about itself: run.json, for `diemcau-agent status`."""

import os
from pathlib import Path

import structlog

from contracts import codec
from contracts.message import Count, Instant, Message, Sentence, ShortText

_log = structlog.get_logger()


class RunState(Message, frozen=True):
    """Written after every sample; not kept over a power cut, so not synced to the disk."""

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


def write(path: Path, state: RunState) -> None:
    """Replace the file; a disk that is full is told elsewhere and costs only this file."""
    temporary = path.with_name(f".{path.name}")
    try:
        temporary.write_bytes(codec.encode(state))
        os.replace(temporary, path)
    except OSError as exc:
        _log.debug("run_state_not_written", error=str(exc))


def own_pid() -> int:
    """Return this process' number."""
    return os.getpid()
