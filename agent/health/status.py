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
MEETINGS_SHOWN = 5
_NEW_CODE = (
    "Xin mã ghi danh mới ở trung tâm rồi chạy: diemcau-agent enrol --replace.",
    "Ask the centre for a new code, then run diemcau-agent enrol --replace.",
)
# In Vietnamese first, as everything that is said at a point.
NO_SESSION = {
    "REVOKED": (
        f"Chứng thư của điểm cầu đã bị thu hồi hoặc thay thế. {_NEW_CODE[0]}",
        f"This point's certificate was revoked or replaced. {_NEW_CODE[1]}",
    ),
    "EXPIRED": (
        f"Chứng thư của điểm cầu đã hết hạn. {_NEW_CODE[0]}",
        f"This point's certificate has ended. {_NEW_CODE[1]}",
    ),
    "REFUSED": (
        f"Trung tâm không nhận chứng thư của điểm cầu. {_NEW_CODE[0]}",
        f"The centre does not accept this point's certificate. {_NEW_CODE[1]}",
    ),
    "CLOCK": (
        "Đồng hồ của máy này hoặc của trung tâm sai: chứng thư của trung tâm không đúng hạn.",
        "The clock here or at the centre is wrong: the centre's certificate is out of its dates.",
    ),
    "STRANGER": (
        "Máy trả lời không phải trung tâm đã ghi danh. Xem lại địa chỉ.",
        "Who answers is not the centre of the enrolment. Check the address.",
    ),
    "NAME": (
        "Không tìm thấy tên máy của trung tâm. Kiểm tra DNS và dây mạng.",
        "The centre's name is not known. Check DNS and the cable.",
    ),
    "PORT": (
        "Trung tâm có trả lời nhưng từ chối cổng này: dịch vụ đang dừng, hoặc sai cổng.",
        "The centre's machine refuses this port: the service is stopped, or the port is wrong.",
    ),
    "ROUTE": (
        "Trung tâm không trả lời. Kiểm tra đường truyền và tường lửa.",
        "The centre does not answer. Check the line and the firewall.",
    ),
    "TWIN": (
        "Một máy khác đang dùng chứng thư của điểm cầu này. Tắt máy đó, hoặc ghi danh lại.",
        "Another machine uses this point's certificate. Turn it off, or enrol anew.",
    ),
    "OTHER": (
        "Đường kết nối bị ngắt; máy đang tự nối lại.",
        "The connection was lost; it is being made again.",
    ),
}


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


def as_text(status: Status) -> str:
    """Return the status for people."""
    run, outbox, identity = status.run, status.outbox, status.identity
    no_session = NO_SESSION.get(run.no_session) if run and not run.is_connected else None
    lines = [
        f"point      {identity.name} ({identity.point_id}, number {identity.point_number})",
        f"agent      {'running' if status.is_running else 'not running'}"
        + (f", version {run.version}, {run.samples_total} samples" if run else ""),
        f"broker     {_broker(status)}",
        f"last       {_moment(status.last_report_at)}",
    ]
    if no_session and status.is_running and status.is_run_fresh:
        lines[3:3] = [f"           {sentence}" for sentence in no_session]
    if status.is_running and not status.is_run_fresh:
        at = _moment(run.written_at) if run else ""
        said = both(
            f"chưa ghi run.json {f'từ {at}' if at else 'lần nào'}: đĩa đầy chăng?",
            f"it has not written run.json {f'since {at}' if at else 'yet'}: is the disk full?",
        )
        lines.append(f"problem    {said}")
    if outbox is None:
        lines.append(f"outbox     {status.outbox_problem}")
    else:
        lines.append(
            f"outbox     {outbox.total} reports, {outbox.unacknowledged} not acknowledged yet"
        )
    if run and run.outbox_problem:
        kept = run.reports_in_memory
        kept_in_memory = both(f"{kept} báo cáo giữ trong bộ nhớ", f"{kept} kept in memory")
        lines += [f"problem    {run.outbox_problem}", f"           {kept_in_memory}"]
    error = "" if status.clock.error_ms is None else f", within {status.clock.error_ms:g} ms"
    lines.append(f"clock      {_moment(status.now)}, {status.clock.source}{error}")
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
    address = identity.broker
    if not (status.is_running and status.is_run_fresh) or status.run is None:
        return address
    return f"{status.run.broker}, {'connected' if status.run.is_connected else 'not connected'}"


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
