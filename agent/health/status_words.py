"""The words of `diemcau-agent status`: Vietnamese first, English beside it."""

from collections.abc import Iterator
from datetime import datetime

from agent.health.status import Status
from contracts.desired import ScheduledMeeting
from runtime.command_line import both

MEETINGS_SHOWN = 5
LABEL_WIDTH = 27
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


_ROOMS: dict[str, str] = {
    "absent": both("không chạy ở máy này", "not running here"),
    "idle": both("chờ cuộc họp", "waits for a meeting"),
    "joining": both("đang vào họp", "joining"),
    "in_meeting": both("đang họp", "in a meeting"),
    "stuck": both("bị treo", "stuck"),
}
_ROLES = {"chair": both("chủ trì", "chair"), "participant": both("tham dự", "participant")}
_CLOCKS = {
    "ntp": both("theo NTP", "by NTP"),
    "centre": both("theo trung tâm", "by the centre"),
    "unknown": both("chưa rõ đúng sai", "not known to be right"),
}


def as_text(status: Status) -> str:
    """Return the status for people: a line for each fact, its name before it."""
    return "\n".join(
        [*_agent(status), *_reports(status), *_clock(status), *_room(status), *_meetings(status)]
    )


def _line(vi: str, en: str, said: str) -> str:
    return f"{both(vi, en):{LABEL_WIDTH}}{said}"


def _further(said: str) -> str:
    return " " * LABEL_WIDTH + said


def _problem(said: str) -> str:
    return _line("vấn đề", "problem", said)


def _agent(status: Status) -> Iterator[str]:
    run, identity = status.run, status.identity
    number = both("số", "number")
    yield _line(
        "điểm cầu",
        "point",
        f"{identity.name} ({identity.point_id}, {number} {identity.point_number})",
    )
    is_running = both("đang chạy", "running") if status.is_running else both("dừng", "not running")
    samples = both("lần đo", "samples")
    more = f", {run.version}, {run.samples_total} {samples}" if run else ""
    yield _line("phần mềm", "agent", is_running + more)
    yield _line("trung tâm", "broker", _broker(status))
    is_told = status.is_running and status.is_run_fresh
    if is_told and run is not None and not run.is_connected:
        yield from map(_further, NO_SESSION.get(run.no_session, ()))
    if status.is_running and not status.is_run_fresh:
        at = _moment(run.written_at) if run else ""
        yield _problem(
            both(
                f"chưa ghi run.json {f'từ {at}' if at else 'lần nào'}: đĩa đầy chăng?",
                f"it has not written run.json {f'since {at}' if at else 'yet'}: is the disk full?",
            )
        )


def _broker(status: Status) -> str:
    run = status.run
    if not (status.is_running and status.is_run_fresh) or run is None:
        return status.identity.broker
    joined = both("đã nối", "connected") if run.is_connected else both("chưa nối", "not connected")
    return f"{run.broker}, {joined}"


def _reports(status: Status) -> Iterator[str]:
    last, run, outbox = status.last_report_at, status.run, status.outbox
    none_yet = both("chưa có", "none yet")
    yield _line("báo cáo cuối", "last report", _moment(last) if last else none_yet)
    said = status.outbox_problem
    if outbox is not None:
        kept, waiting = outbox.total, outbox.unacknowledged
        said = both(
            f"{kept} báo cáo, trung tâm chưa xác nhận {waiting}",
            f"{kept} reports, {waiting} not acknowledged yet",
        )
    yield _line("hàng gửi", "outbox", said)
    if run and run.outbox_problem:
        kept = run.reports_in_memory
        yield _problem(run.outbox_problem)
        yield _further(both(f"{kept} báo cáo giữ trong bộ nhớ", f"{kept} kept in memory"))


def _clock(status: Status) -> Iterator[str]:
    clock = status.clock
    error = "" if clock.error_ms is None else f", ± {clock.error_ms:g} ms"
    source = _CLOCKS.get(clock.source, clock.source)
    yield _line("đồng hồ", "clock", f"{_moment(status.now)}, {source}{error}")


def _room(status: Status) -> Iterator[str]:
    yield _line("phòng họp", "room", _ROOMS.get(status.media, status.media))
    documents = ", ".join(f"{n} {e}.{g}" for n, (e, g) in sorted(status.documents.items()))
    yield _line("tài liệu", "documents", documents or both("chưa có", "none yet"))


def _meetings(status: Status) -> Iterator[str]:
    if "schedule" not in status.documents:
        no_schedule = both("trung tâm chưa gửi lịch", "the centre has sent no schedule yet")
        yield _line("cuộc họp", "meetings", no_schedule)
        return
    shown = [_meeting(one) for one in status.meetings[:MEETINGS_SHOWN]]
    rest = len(status.meetings) - len(shown)
    shown += [both(f"và {rest} cuộc nữa", f"and {rest} more")] if rest else []
    first, *others = shown or [both("không có", "none")]
    yield _line("cuộc họp", "meetings", first)
    yield from map(_further, others)


def _meeting(one: ScheduledMeeting) -> str:
    return f"{_moment(one.begins_at)}  {one.title} ({_ROLES[one.role]})"


def _moment(at: datetime) -> str:
    return f"{at.astimezone():%d/%m/%Y %H:%M:%S %Z}"
