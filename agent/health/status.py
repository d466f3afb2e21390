"""`diemcau-agent status`: how this point is doing, from its files alone."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from agent.errors import OutboxUnavailable
from agent.health import run_state
from agent.health.run_state import RunState, is_claimed
from agent.health.supervisor import room_section
from agent.point.desired_store import DesiredStore
from agent.point.identity import Identity, PointFolder
from agent.point.outbox import Outbox, OutboxCounts
from contracts.desired import ScheduledMeeting
from contracts.reports import ClockState
from runtime.clock import Clock
from runtime.command_line import both

FRESH = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class Status:
    """What is known; None where a file does not tell."""

    identity: Identity
    is_running: bool
    is_run_fresh: bool
    run: RunState | None
    outbox: OutboxCounts | None
    outbox_problem: str
    last_report_at: datetime | None
    now: datetime
    clock: ClockState
    media: str
    documents: dict[str, tuple[int, int]]
    meetings: tuple[ScheduledMeeting, ...]


def read_status(folder: PointFolder) -> Status:
    """Return the status.

    Raises:
        NotEnrolled, IdentityUnreadable: there is no point here.
    """
    identity = folder.identity()
    clock = Clock(folder.clock_file)
    now = clock.now()
    desired = DesiredStore(folder.desired_dir)
    desired.load()
    counts, problem = _counts(folder)
    last_ms = counts.last_measured_at_ms if counts else None
    run = run_state.last(folder.run_file)
    return Status(
        identity=identity,
        is_running=_is_running(folder, run, now),
        is_run_fresh=_is_fresh(run, now),
        run=run,
        outbox=counts,
        outbox_problem=problem,
        last_report_at=None if last_ms is None else datetime.fromtimestamp(last_ms / 1000, UTC),
        now=now,
        clock=clock.state(),
        media=room_section(folder.media_state_file, now=now).media,
        documents=desired.pairs(),
        meetings=_to_come(desired, now),
    )


def as_json(status: Status) -> str:
    """Return the status for programs."""
    return msgspec.json.format(msgspec.json.encode(status), indent=2).decode()


def _to_come(desired: DesiredStore, now: datetime) -> tuple[ScheduledMeeting, ...]:
    held = desired.schedule
    meetings = held.meetings if held else ()
    return tuple(sorted((m for m in meetings if m.ends_at > now), key=lambda m: m.begins_at))


def _counts(folder: PointFolder) -> tuple[OutboxCounts | None, str]:
    if not folder.outbox_file.exists():
        return None, both("chưa có", "there is none yet")
    outbox = Outbox(folder.outbox_file, is_read_only=True)
    try:
        return outbox.counts(), ""
    except OutboxUnavailable as exc:
        return None, str(exc)
    finally:
        outbox.close()


def _is_running(folder: PointFolder, run: RunState | None, now: datetime) -> bool:
    claimed = is_claimed(folder.root)
    if claimed is not None:
        return claimed
    return run is not None and _is_fresh(run, now) and _lives(run.pid)


def _is_fresh(run: RunState | None, now: datetime) -> bool:
    return run is not None and abs(now - run.written_at) < FRESH


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # it runs as another user
    return True
