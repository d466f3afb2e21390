"""`diemcau-agent status`: how this point is doing, from its files alone."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from agent.errors import OutboxUnavailable
from agent.health.run_state import RunState, is_claimed
from agent.health.supervisor import media_state
from agent.point.desired_store import DesiredStore
from agent.point.identity import Identity, PointFolder
from agent.point.outbox import Outbox, OutboxCounts
from contracts import codec
from contracts.desired import ScheduledMeeting
from contracts.errors import MalformedPayload
from contracts.reports import ClockState
from runtime.clock import Clock

FRESH = timedelta(seconds=45)
MEETINGS_SHOWN = 5


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
    run = _run_state(folder)
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
        media=media_state(folder.media_state_file, now=now),
        documents=desired.pairs(),
        meetings=_to_come(desired, now),
    )


def as_json(status: Status) -> str:
    """Return the status for programs."""
    return msgspec.json.format(msgspec.json.encode(status), indent=2).decode()


def as_text(status: Status) -> str:
    """Return the status for people."""
    run, outbox, identity = status.run, status.outbox, status.identity
    lines = [
        f"point      {identity.name} ({identity.point_id}, number {identity.point_number})",
        f"agent      {'running' if status.is_running else 'not running'}"
        + (f", version {run.version}, {run.samples_total} samples" if run else ""),
        f"broker     {_broker(status)}",
        f"last       {_moment(status.last_report_at)}",
    ]
    if status.is_running and not status.is_run_fresh:
        when = f"since {run.written_at:%Y-%m-%d %H:%M:%S} UTC" if run else "yet"
        lines.append(f"problem    it has not written run.json {when}: is the disk full?")
    if outbox is None:
        lines.append(f"outbox     {status.outbox_problem}")
    else:
        lines.append(
            f"outbox     {outbox.total} reports, {outbox.unacknowledged} not acknowledged yet"
        )
    if run and run.outbox_problem:
        lines.append(f"problem    {run.outbox_problem}; {run.reports_in_memory} kept in memory")
    error = "" if status.clock.error_ms is None else f", within {status.clock.error_ms:g} ms"
    lines.append(f"clock      {status.now:%Y-%m-%d %H:%M:%S} UTC, {status.clock.source}{error}")
    lines.append(f"media      {status.media}")
    documents = ", ".join(f"{n} {e}.{g}" for n, (e, g) in sorted(status.documents.items()))
    lines.append(f"documents  {documents or 'none yet'}")
    return "\n".join(lines + _meetings(status))


def _meetings(status: Status) -> list[str]:
    if "schedule" not in status.documents:
        return ["meetings   the centre has sent no schedule yet"]
    shown = status.meetings[:MEETINGS_SHOWN]
    lines = [f"{_moment(one.begins_at)}  {one.title} ({one.role})" for one in shown]
    if len(status.meetings) > len(shown):
        lines.append(f"and {len(status.meetings) - len(shown)} more")
    heads = ["meetings", *[""] * len(lines)]
    return [f"{head:11}{line}" for head, line in zip(heads, lines or ["none"], strict=False)]


def _to_come(desired: DesiredStore, now: datetime) -> tuple[ScheduledMeeting, ...]:
    held = desired.schedule
    meetings = held.meetings if held else ()
    return tuple(sorted((m for m in meetings if m.ends_at > now), key=lambda m: m.begins_at))


def _moment(at: datetime | None) -> str:
    return "no report yet" if at is None else f"{at.astimezone():%Y-%m-%d %H:%M:%S %Z}"


def _broker(status: Status) -> str:
    identity = status.identity
    address = f"{identity.broker_host}:{identity.broker_port}"
    if not (status.is_running and status.is_run_fresh) or status.run is None:
        return address
    return f"{status.run.broker}, {'connected' if status.run.is_connected else 'not connected'}"


def _counts(folder: PointFolder) -> tuple[OutboxCounts | None, str]:
    if not folder.outbox_file.exists():
        return None, "there is none yet"
    outbox = Outbox(folder.outbox_file, is_read_only=True)
    try:
        return outbox.counts(), ""
    except OutboxUnavailable as exc:
        return None, str(exc)
    finally:
        outbox.close()


def _run_state(folder: PointFolder) -> RunState | None:
    try:
        return codec.decode(RunState, folder.run_file.read_bytes())
    except (OSError, MalformedPayload):
        return None


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
