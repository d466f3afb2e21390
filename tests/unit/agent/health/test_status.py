"""What `diemcau-agent status` tells a person at the point."""

import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from agent.errors import IdentityUnreadable
from agent.health.run_state import RunState, claim, write
from agent.health.status import read_status
from agent.health.status_words import NO_SESSION, as_text
from agent.point.desired_store import DesiredStore
from agent.point.identity import Identity, PointFolder
from contracts import codec
from contracts.desired import RelayAddress, Schedule, ScheduledMeeting
from contracts.ids import MeetingId, PointId, RelayId
from runtime.no_session import NoSession
from tests.unit.agent.cases import T0


@pytest.fixture
def folder(tmp_path):
    folder = PointFolder(tmp_path)
    folder.write_identity(
        Identity(
            point_id=PointId("p1"),
            point_number=1,
            name="Xã Thu Cúc",
            enrolled_at=T0,
            broker_host="127.0.0.1",
            broker_port=1,
            controller_url="https://127.0.0.1:1",
        )
    )
    return folder


def meeting(number, begins_at):
    return ScheduledMeeting(
        meeting_id=MeetingId(f"m{number}"),
        begins_at=begins_at,
        ends_at=begins_at + timedelta(hours=1),
        role="participant",
        title=f"Giao ban {number}",
        relay_id=RelayId("r1"),
    )


def told(folder):
    return as_text(read_status(folder)).splitlines()


def test_a_point_that_was_told_nothing_says_so(folder):
    assert told(folder)[-1].split(maxsplit=4)[-1] == (
        "trung tâm chưa gửi lịch / the centre has sent no schedule yet"
    )


def test_every_moment_is_told_by_the_clock_on_the_wall(folder, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    time.tzset()
    try:
        clock = next(line for line in told(folder) if line.startswith("đồng hồ / clock "))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert " +07," in clock


def test_the_meetings_to_come_are_told_the_soonest_first(folder):
    now = datetime.now(UTC).replace(microsecond=0)
    meetings = [meeting(n, now + timedelta(days=n)) for n in (7, 6, 5, 4, 3, 2, 1, -1)]
    relays = (RelayAddress(relay_id=RelayId("r1"), url="https://127.0.0.1:2"),)
    schedule = Schedule(
        leader_epoch=1, generation=1, issued_at=T0, meetings=tuple(meetings), relays=relays
    )
    DesiredStore(folder.desired_dir).receive("schedule", codec.encode(schedule), now=T0)
    shown = told(folder)[-6:]
    assert shown[0].startswith("cuộc họp / meetings ")
    assert [line.split("  ")[-1] for line in shown[:5]] == [
        f"Giao ban {n} (tham dự / participant)" for n in (1, 2, 3, 4, 5)
    ]
    assert shown[5].strip() == "và 2 cuộc nữa / and 2 more"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("REVOKED", "Chứng thư của điểm cầu đã bị thu hồi hoặc thay thế. Xin mã ghi danh mới"),
        ("NAME", "Không tìm thấy tên máy của trung tâm."),
        ("PORT", "Trung tâm có trả lời nhưng từ chối cổng này"),
        ("ROUTE", "Trung tâm không trả lời."),
        ("CLOCK", "Đồng hồ của máy này hoặc của trung tâm sai"),
    ],
)
def test_why_it_is_not_connected_is_said_in_a_sentence_vietnamese_first(folder, reason, said):
    now = datetime.now(UTC)
    state = RunState(
        pid=1,
        started_at=now,
        written_at=now,
        version="1",
        broker="centre:8883",
        is_connected=False,
        samples_total=1,
        last_outbox_id="",
        last_seq=0,
        reports_sent_total=0,
        rejected_documents_total=0,
        no_session=reason,
    )
    write(folder.run_file, state)
    held = claim(folder.root)
    try:
        lines = told(folder)
    finally:
        os.close(held)
    assert lines[2] == "trung tâm / broker         centre:8883, chưa nối / not connected"
    assert lines[3].strip().startswith(said)
    assert lines[4].strip() == NO_SESSION[reason][1]


def test_a_damaged_outbox_is_told_in_vietnamese_first(folder):
    assert "hàng gửi / outbox          chưa có / there is none yet" in told(folder)
    folder.outbox_file.write_bytes(b"no database" * 1000)
    [said] = [line for line in told(folder) if line.startswith("hàng gửi / outbox ")]
    assert said == (
        f"hàng gửi / outbox          {folder.outbox_file}: tệp bị hỏng;"
        " báo cáo mới được ghi vào một tệp mới"
        " / file is not a database"
    )


def test_every_reason_has_its_sentence():
    assert set(NO_SESSION) == {reason.name for reason in NoSession}


def test_an_identity_that_may_not_be_read_is_no_reason_to_enrol_anew(folder):
    folder.identity_file.unlink()
    folder.identity_file.mkdir()
    with pytest.raises(IdentityUnreadable) as caught:
        told(folder)
    assert str(caught.value).splitlines() == [
        f"{folder.identity_file}: đây là thư mục, không phải tệp.",
        f"{folder.identity_file}: Is a directory.",
    ]
