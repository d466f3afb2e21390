"""A meeting's recordings: who may list, play, fetch and delete them; ranges; the log, the alarm."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from starlette.types import Message
from structlog.testing import capture_logs

from contracts import codec
from contracts.floor import FloorState
from contracts.ids import MeetingId, RelayId
from contracts.recordings import (
    CHAPTERS,
    FACTS,
    REQUESTS,
    RecorderTrouble,
    RecordingPhase,
    SpokenChapter,
)
from contracts.relay import MeetingState, RelayState
from controller.audit.service import Action, AuditLog
from controller.db.engine import reading
from controller.errors import NotFound, RecordingsBusy
from controller.meetings import event_queries
from controller.meetings.attendance import Attendance
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.meeting_state import Move
from controller.recordings.disk import MOST_READS, ShelfDisk
from controller.recordings.given import GivenFile
from controller.recordings.service import MAX_SHOWN, LastLook, Shelf, recorded_now
from controller.recordings.watch import RecordingWatch
from controller.roles import Role
from tests.fakes.shelf import CONTENT, RUN, put, say, shelf_settings
from tests.integration.controller.centre import Centre, Installation, meeting_body, serving
from tests.waiting import until

OTHERS_S = 10.0


@pytest.fixture
async def centre(made: Installation, tmp_path) -> AsyncIterator[Centre]:
    """A centre with a shelf of recordings."""
    settings = made.copy(tmp_path / "copy").settings
    recording = shelf_settings(tmp_path)
    async with serving(
        Installation(msgspec.structs.replace(settings, recording=recording))
    ) as running:
        yield running


async def recorded(centre: Centre, *, is_live: bool = False) -> str:
    office = await centre.sign_in()
    body = meeting_body(centre.time, is_recorded=True, begins_at=centre.time.now().isoformat())
    made = await office.post("/api/v1/meetings", body)
    assert made.status_code == 201 and made.json()["is_recorded"]
    meeting_id: str = made.json()["meeting_id"]
    if is_live:
        centre.web.part(Lifecycle).move(meeting_id, Move.BEGIN, actor="")
    return meeting_id


def watch_of(centre: Centre) -> RecordingWatch:
    web = centre.web
    parts = web.part(Shelf), web.part(ShelfDisk), web.part(LastLook)
    forwarded = web.part(Attendance).forwarded
    return RecordingWatch(*parts, web.state, web.hub, web.now, forwarded)


def deletions(centre: Centre) -> list[str]:
    """Return how the deletions in the audit log ended, the newest first."""
    entries = centre.web.part(AuditLog).newest(limit=20)
    return [one.outcome for one in entries if one.action == Action.DELETE_RECORDING.value]


def kept(centre: Centre):
    return centre.web.settings.recording


@pytest.mark.parametrize(
    ("asked", "status", "content", "said"),
    [
        (None, 200, CONTENT, None),
        ("bytes=0-", 206, CONTENT, f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}"),
        ("bytes=100-199", 206, CONTENT[100:200], f"bytes 100-199/{len(CONTENT)}"),
        ("bytes=-10", 206, CONTENT[-10:], None),
        (f"bytes={len(CONTENT)}-", 416, None, f"bytes */{len(CONTENT)}"),
        ("lines=1-2", 400, None, None),
        ("bytes=5-1", 400, None, None),
        ("bytes=-0", 416, None, None),
        ("bytes=--5", 416, None, None),
        ("bytes=0-99999999999999999999", 206, CONTENT, None),
        ("bytes=0-9,5-19", 206, None, None),  # overlapping: one part
        (f"bytes={','.join(f'{n}-{n}' for n in range(0, 3000, 2))}", 200, CONTENT, None),
        ("bytes=" + "9" * 5000 + "-", 400, None, None),
    ],
)
async def test_a_file_is_given_in_ranges(centre: Centre, asked, status, content, said) -> None:
    meeting_id = await recorded(centre)
    put(kept(centre), meeting_id, RecordingPhase.READY)
    office = await centre.sign_in()
    headers = {"range": asked} if asked else {}
    path = f"/meetings/{meeting_id}/recordings/{RUN}/recording.mp4"
    answer = await office.client.get(path, headers=headers)
    assert answer.status_code == status
    if content is not None:
        assert answer.content == content
        assert answer.headers["content-type"] == "video/mp4"
        assert answer.headers["accept-ranges"] == "bytes"
    if said is not None:
        assert answer.headers["content-range"].removeprefix("bytes ") == said.removeprefix("bytes ")


class _Fetching:
    """Somebody who fetches a file that is written on, and deleted, meanwhile."""

    def __init__(self, path: Path, asked: bytes | None) -> None:
        self.path = path
        self.body = b""
        self.length = -1
        self.ends = 0
        headers = [(b"range", asked)] if asked else []
        self.scope = {"type": "http", "method": "GET", "headers": headers}

    async def receive(self) -> dict[str, object]:
        return await asyncio.Future()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.length = int(dict(message["headers"])[b"content-length"])
            with self.path.open("ab") as written:
                written.write(CONTENT)
            self.path.unlink()
        else:
            self.body += message["body"]
            self.ends += not message["more_body"]


@pytest.mark.parametrize(("asked", "given"), [(None, CONTENT), (b"bytes=5-", CONTENT[5:])])
async def test_a_file_that_grows_and_goes_while_it_is_fetched_is_given_as_it_was(
    tmp_path, asked, given
) -> None:
    path = tmp_path / "recording.mkv"
    path.write_bytes(CONTENT)
    disk = ShelfDisk()
    response = GivenFile(path, disk, media_type="video/x-matroska", filename=None, headers={})
    fetching = _Fetching(path, asked)
    await response(fetching.scope, fetching.receive, fetching.send)
    assert (fetching.body, fetching.length, fetching.ends) == (given, len(given), 1)
    with pytest.raises(NotFound):
        GivenFile(path, disk, media_type="video/x-matroska", filename=None, headers={})


@pytest.mark.parametrize("asked", ["bytes=1-", "bytes=-5", "bytes=00-", "Bytes=0-", None])
async def test_whatever_range_is_asked_for_first_is_in_the_audit_log_once(
    centre: Centre, asked
) -> None:
    meeting_id = await recorded(centre)
    put(kept(centre), meeting_id, RecordingPhase.READY)
    office = await centre.sign_in()
    path = f"/meetings/{meeting_id}/recordings/{RUN}/recording.mp4"
    for _ in range(3):
        await office.client.get(path, headers={"range": asked} if asked else {})
    entries = centre.web.part(AuditLog).newest(limit=20)
    opened = [one.detail for one in entries if one.action == Action.OPEN_RECORDING.value]
    assert opened == ["recording.mp4"]


async def test_who_only_looks_on_sees_that_there_is_one_and_opens_none(centre: Centre) -> None:
    meeting_id = await recorded(centre)
    put(kept(centre), meeting_id, RecordingPhase.READY)
    viewer, office = await centre.sign_in(Role.VIEWER), await centre.sign_in()
    address = f"/meetings/{meeting_id}/recordings/{RUN}"
    listed = (await viewer.get(f"/meetings/{meeting_id}")).text
    assert 'data-testid="recording"' in listed and address not in listed
    assert f"{address}/play" in (await office.get(f"/meetings/{meeting_id}")).text
    for path in ("play", "recording.mp4", "recording.mkv", "delete"):
        assert (await viewer.get(f"{address}/{path}")).status_code == 403
    assert (await office.get(f"{address}/play")).status_code == 200
    saved = await office.get(f"{address}/recording.mp4", save="1")
    assert saved.headers["content-disposition"].startswith("attachment")
    audit = (await (await centre.sign_in(Role.ADMIN)).get("/audit")).text
    assert "mở bản ghi" in audit


async def test_who_spoke_when_is_told_beside_what_is_played_and_leads_there(
    centre: Centre,
) -> None:
    meeting_id = await recorded(centre)
    put(kept(centre), meeting_id, RecordingPhase.READY)
    office = await centre.sign_in()
    address = f"/meetings/{meeting_id}/recordings/{RUN}/play"
    assert (
        "Ai phát biểu lúc nào" not in (await office.get(address)).text
    )  # of before there were any
    folder = kept(centre).folder / meeting_id / RUN
    spoken = [SpokenChapter(0, "Phòng họp <UBND>"), SpokenChapter(3_695_400, "Xã Thu Cúc")]
    lines = b"".join(codec.encode(one) + b"\n" for one in spoken)
    (folder / CHAPTERS).write_bytes(lines)
    page = (await office.get(address)).text
    assert '<a class="linked" href="?from=3695">1:01:35</a> <span>Xã Thu Cúc</span>' in page
    assert "Phòng họp &lt;UBND&gt;" in page and "#t=" not in page
    chosen = (await office.get(address, **{"from": "3695"})).text
    assert "recording.mp4#t=3695" in chosen and chosen.count('aria-current="true"') == 1
    assert "#t=" not in (await office.get(address, **{"from": "1e9"})).text
    (folder / CHAPTERS).write_bytes(b"torn")
    assert (await office.get(address)).status_code == 200


async def test_deleting_asks_first_is_for_who_set_it_or_administers_and_is_written_down(
    centre: Centre,
) -> None:
    meeting_id = await recorded(centre)
    put(kept(centre), meeting_id, RecordingPhase.READY)
    admin, office = await centre.sign_in(Role.ADMIN), await centre.sign_in()
    address = f"/meetings/{meeting_id}/recordings/{RUN}/delete"
    asked = await office.get(address)
    assert asked.status_code == 200 and "Xóa bản ghi này?" in asked.text
    wish = kept(centre).folder / REQUESTS / f"{meeting_id}.{RUN}"
    assert not wish.exists(), "asking deletes nothing"
    assert (await office.client.post(address)).status_code == 403, "without the page's token"
    done = await admin.post(address)
    assert done.status_code == 303 and wish.exists()
    assert "Đang xóa" in (await office.get(f"/meetings/{meeting_id}")).text
    assert "xóa bản ghi" in (await admin.get("/audit")).text
    assert deletions(centre) == ["done"]
    assert (await office.get(address.replace(RUN, "20200101t000000"))).status_code == 404
    assert (await office.get(address.replace(RUN, "..%2f..%2fx"))).status_code == 404


@pytest.mark.parametrize("run", ["khong-co", "20200101t000000"])
async def test_of_a_recording_that_is_not_there_no_deletion_is_written_down(
    centre: Centre, run: str
) -> None:
    meeting_id = await recorded(centre)
    office = await centre.sign_in()
    answer = await office.post(f"/meetings/{meeting_id}/recordings/{run}/delete")
    assert (answer.status_code, deletions(centre)) == (404, [])


async def test_a_deletion_that_fails_is_written_down_as_failed(centre: Centre) -> None:
    meeting_id = await recorded(centre)
    put(kept(centre), meeting_id, RecordingPhase.READY)
    requests = kept(centre).folder / REQUESTS
    requests.rmdir()
    office = await centre.sign_in()
    answer = await office.post(f"/meetings/{meeting_id}/recordings/{RUN}/delete")
    assert (answer.status_code, deletions(centre)) == (503, ["failed", "done"])
    assert "không làm được do lỗi" in (await (await centre.sign_in(Role.ADMIN)).get("/audit")).text


async def test_a_deletion_that_a_late_disk_does_is_written_down_when_it_does(
    centre: Centre,
) -> None:
    meeting_id = await recorded(centre)
    facts = put(kept(centre), meeting_id, RecordingPhase.READY) / FACTS
    content = facts.read_bytes()
    facts.unlink()
    os.mkfifo(facts)  # whoever reads it waits
    office = await centre.sign_in()
    answer = await office.post(f"/meetings/{meeting_id}/recordings/{RUN}/delete")
    assert (answer.status_code, deletions(centre)) == (503, [])
    facts.write_bytes(content)
    wish = kept(centre).folder / REQUESTS / f"{meeting_id}.{RUN}"
    await until(wish.exists)
    assert deletions(centre) == ["done"]


async def test_another_meetings_setter_deletes_nothing(centre: Centre) -> None:
    admin, office = await centre.sign_in(Role.ADMIN), await centre.sign_in()
    made = await admin.post("/api/v1/meetings", meeting_body(centre.time))
    meeting_id = made.json()["meeting_id"]
    put(kept(centre), meeting_id, RecordingPhase.READY)
    answer = await office.post(f"/meetings/{meeting_id}/recordings/{RUN}/delete")
    assert answer.status_code == 403
    assert list((kept(centre).folder / REQUESTS).iterdir()) == []


async def test_the_page_tells_what_becomes_of_a_recording(centre: Centre) -> None:
    meeting_id = await recorded(centre)
    office = await centre.sign_in()
    page = f"/meetings/{meeting_id}"
    assert "Cuộc họp này không có bản ghi nào." in (await office.get(page)).text
    runs = [f"20261124t01300{n}" for n in range(3)]
    put(kept(centre), meeting_id, RecordingPhase.CONVERTING, run=runs[0], progress_ratio=0.42)
    put(kept(centre), meeting_id, RecordingPhase.FAILED, run=runs[1])
    put(kept(centre), meeting_id, RecordingPhase.READY, run=runs[2], dropped=3)
    text = (await office.get(f"/parts{page}/recordings")).text
    assert '<progress max="100" value="42"' in text
    assert "Không làm được tệp" in text and "Thiếu 2 giây" in text


@pytest.mark.parametrize(
    ("said", "badge", "trouble"),
    [
        ({}, "Đang ghi hình", ""),
        ({"general": RecorderTrouble.DISK_LOW}, "Đang ghi hình", "sắp đầy"),
        ({"is_recording": False, "trouble": RecorderTrouble.DISK_FULL}, "Chưa ghi", "hết chỗ"),
        ({"is_recording": False, "trouble": RecorderTrouble.DISK_BLOCKED}, "Chưa ghi", "phản hồi"),
        ({"age": timedelta(seconds=9)}, "Chưa ghi", "Máy ghi hình không trả lời"),
    ],
)
async def test_the_meetings_page_says_whether_it_is_being_recorded(
    centre: Centre, said, badge: str, trouble: str
) -> None:
    meeting_id = await recorded(centre, is_live=True)
    say(kept(centre), meeting_id, **said)
    text = (await (await centre.sign_in()).get(f"/meetings/{meeting_id}")).text
    shown = text[text.index('data-testid="recording-now"') :][:300]
    assert badge in shown and trouble in text


@pytest.mark.parametrize("is_begun_anew", [False, True])
async def test_recording_that_stops_is_in_the_meetings_log_once(
    centre: Centre, is_begun_anew: bool
) -> None:
    """Also where the centre is begun anew before each look."""
    meeting_id = await recorded(centre, is_live=True)
    web = centre.web
    watch = watch_of(centre)
    for is_recording in (True, True, False, False, True):
        trouble = None if is_recording else RecorderTrouble.DISK_FULL
        say(kept(centre), meeting_id, is_recording=is_recording, trouble=trouble)
        watch = watch_of(centre) if is_begun_anew else watch
        assert set(watch.look()) <= {meeting_id}
    say(kept(centre), meeting_id, age=timedelta(seconds=9))
    watch = watch_of(centre) if is_begun_anew else watch
    assert list(watch.look()) == [meeting_id]
    with reading(web.state) as session:
        events = [
            (one.kind, one.detail)
            for one in event_queries.of_meeting(session, meeting_id)
            if one.kind.startswith("recording_")
        ]
    began, stopped = ("recording_began", ""), ("recording_stopped", "disk_full")
    assert events == [began, stopped, began, ("recording_stopped", "silent")]


async def test_a_recording_that_stands_still_or_became_no_file_needs_a_person(
    centre: Centre,
) -> None:
    meeting_id = await recorded(centre, is_live=True)
    row, web = f'data-testid="attention-recording-{meeting_id}"', centre.web
    say(kept(centre), meeting_id)
    viewer = await centre.sign_in(Role.VIEWER)
    watch = watch_of(centre)
    watch.look()
    assert row not in (await viewer.get("/")).text
    say(kept(centre), meeting_id, is_recording=False, trouble=RecorderTrouble.DISK_FULL)
    watch.look()
    text = (await viewer.get("/")).text
    shown = text[text.index(row) :][:1500]
    assert f'href="/meetings/{meeting_id}"' in shown and "hết chỗ" in shown
    assert "Kiểm tra ổ đĩa bản ghi" in shown and "1 cuộc họp không được ghi hình" in text
    away = RecorderTrouble.NOT_CONNECTED
    say(kept(centre), meeting_id, is_recording=False, trouble=away)
    watch.look()
    text = (await viewer.get("/")).text
    shown = text[text.index(row) :][:1500]
    assert "Kiểm tra máy ghi hình có chạy và nối được" in shown and "ổ đĩa" not in shown
    web.part(Lifecycle).move(meeting_id, Move.END, actor="")
    assert row not in (await viewer.get("/")).text
    put(kept(centre), meeting_id, RecordingPhase.FAILED)
    watch.look_at_the_failed()
    folder = kept(centre).folder
    folder.rename(folder.with_name("away"))  # the page does not look there itself
    text = (await viewer.get("/")).text
    assert "Không làm được tệp từ những gì đã ghi" in text[text.index(row) :][:1500]


async def test_what_a_relay_forwards_is_recorded_though_a_doubted_clock_has_not_begun_it(
    centre: Centre,
) -> None:
    meeting_id = await recorded(centre)
    page, row = f"/meetings/{meeting_id}", f'data-testid="attention-recording-{meeting_id}"'
    viewer, watch = await centre.sign_in(Role.OFFICE), watch_of(centre)
    say(kept(centre), meeting_id)
    watch.look()
    assert "Sẽ ghi hình" in (await viewer.get(page)).text
    forwarded = MeetingState(
        meeting_id=MeetingId(meeting_id), is_forwarding=True, floor=FloorState(epoch=0)
    )
    said = RelayState(reported_at=centre.time.now(), meetings=(forwarded,))
    centre.web.part(Attendance).note_state(RelayId("relay-1"), said)
    watch.look()
    assert "Đang ghi hình" in (await viewer.get(page)).text
    say(kept(centre), meeting_id, is_recording=False, trouble=RecorderTrouble.DISK_FULL)
    watch.look()
    watch.look_at_the_failed()
    text = (await viewer.get("/")).text
    assert "hết chỗ" in text[text.index(row) :][:1500]
    with reading(centre.web.state) as session:
        kinds = [one.kind for one in event_queries.of_meeting(session, meeting_id)]
    assert [one for one in kinds if one.startswith("recording_")] == [
        "recording_began",
        "recording_stopped",
    ]


async def test_a_disk_that_hangs_holds_up_no_other_page_and_is_said(centre: Centre) -> None:
    meeting_id = await recorded(centre, is_live=True)
    say(kept(centre), meeting_id)
    facts = put(kept(centre), meeting_id, RecordingPhase.READY) / FACTS
    moved = facts.rename(facts.with_name("away"))
    os.mkfifo(facts)  # whoever reads it waits
    office, watch = await centre.sign_in(), watch_of(centre)
    own = f"/meetings/{meeting_id}"
    video = f"{own}/recordings/{RUN}/recording.mp4"
    asking = [asyncio.ensure_future(office.get(path)) for path in [own, video] * 30]
    for path in ("/", "/meetings", "/points"):
        answer = await asyncio.wait_for(office.get(path), OTHERS_S)
        assert answer.status_code == 200, path
    answers = await asyncio.gather(*asking)
    assert {one.status_code for one in answers[1::2]} == {503}
    assert all("Ổ đĩa bản ghi không phản hồi" in one.text for one in answers)
    assert (await office.post(f"{own}/recordings/{RUN}/delete")).status_code == 503
    assert deletions(centre) == [], "the disk has not even been asked"
    with capture_logs() as logged:
        for _ in range(3):
            list(watch.look())
    busy = [one for one in logged if one["event"] == "recordings_disk_busy"]
    assert [one["what"] for one in busy] == ["wishes"], "once a minute"
    assert recorded_now(centre.web.part(LastLook).status, meeting_id) is not None
    # It answers again, those that wait too.
    os.close(os.open(facts, os.O_WRONLY | os.O_NONBLOCK))
    moved.rename(facts)
    assert (await office.get(video)).content == CONTENT


class _Slow:
    """Somebody who fetches a file and takes none of it until he may."""

    def __init__(self, path: Path, disk: ShelfDisk) -> None:
        self.begins, self.may_go_on = asyncio.Event(), asyncio.Event()
        self.body = b""
        self.response = GivenFile(path, disk, media_type="video/mp4", filename=None, headers={})

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.body":
            self.begins.set()
            await self.may_go_on.wait()
            self.body += message["body"]

    async def fetch(self) -> bytes:
        scope = {"type": "http", "method": "GET", "headers": []}
        await self.response(scope, lambda: asyncio.Future(), self.send)
        return self.body


async def test_who_fetches_slowly_or_goes_keeps_no_place_of_others(tmp_path) -> None:
    path, disk = tmp_path / "recording.mp4", ShelfDisk(most_reads=1, long_wait_s=0.2)
    content = CONTENT * 20  # several pieces
    path.write_bytes(content)
    slow = [_Slow(path, disk) for _ in range(3)]
    fetching = [asyncio.ensure_future(one.fetch()) for one in slow]
    await asyncio.wait_for(asyncio.gather(*(one.begins.wait() for one in slow)), 5)
    fetching[0].cancel()
    slow[1].may_go_on.set()
    assert await asyncio.wait_for(fetching[1], 5) == content
    slow[2].may_go_on.set()
    assert await asyncio.wait_for(fetching[2], 5) == content
    await disk.reads.acquire()  # a read that the disk holds up
    assert disk.reads.locked(), "each gave back what he had, and no more"
    with pytest.raises(RecordingsBusy):
        await _Slow(path, disk).fetch()


async def test_a_file_is_refused_with_a_sentence_where_reads_get_nowhere(centre: Centre) -> None:
    meeting_id = await recorded(centre)
    put(kept(centre), meeting_id, RecordingPhase.READY)
    disk, office = centre.web.part(ShelfDisk), await centre.sign_in()
    video = f"/meetings/{meeting_id}/recordings/{RUN}/recording.mp4"
    for _ in range(MOST_READS):
        await disk.reads.acquire()
    answer = await office.get(video)
    assert answer.status_code == 503 and "Ổ đĩa bản ghi không phản hồi" in answer.text
    disk.reads.release()
    assert (await office.get(video)).content == CONTENT


def test_of_very_many_recordings_the_newest_are_shown(tmp_path) -> None:
    recording = shelf_settings(tmp_path)
    runs = [f"20261124t{number:06}" for number in range(MAX_SHOWN + 2)]
    for run in runs:
        put(recording, "m1", RecordingPhase.READY, run=run, content=b"")
    assert [one.facts.run for one in Shelf(recording).of_meeting("m1")] == runs[2:]
