"""What is kept of a meeting: made after its end, with causes, and anew when reports come late."""

import io
import zipfile
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.ids import MeetingId
from controller import retention
from controller.db.engine import reading, writing
from controller.ingest.cause_tables import OutageVerdict
from controller.ingest.tables import PresenceInterval
from controller.meetings import agenda_queries, event_queries, meeting_queries
from controller.meetings.after import keeper, making, record_queries
from controller.meetings.after.keeper import RecordDesk
from controller.meetings.after.kept import KeptRecord
from controller.meetings.tables import Meeting, MeetingEvent, MeetingParticipant
from controller.rehearsals.tables import RehearsalResult, RehearsalRun
from controller.roles import Role
from controller.settings import RetentionSettings
from tests.integration.controller.centre import Centre, Person, meeting_body

HOSTILE = "<script>alert('ạ')</script>"


async def ended(centre: Centre, office: Person, **body: object) -> tuple[str, datetime]:
    """Set a meeting of two hours that has just ended; return its id and when it began."""
    made = await office.post("/api/v1/meetings", meeting_body(centre.time, **body))
    meeting_id = str(made.json()["meeting_id"])
    ended_at = centre.time.now() - timedelta(seconds=30)
    begins_at = ended_at - timedelta(hours=2)
    with writing(centre.web.state) as session:
        meeting = session.get_one(Meeting, meeting_id)
        meeting.begins_at, meeting.ends_at = begins_at, ended_at
        meeting.state, meeting.live_at, meeting.ended_at = "ended", begins_at, ended_at
    return meeting_id, begins_at


def happens(
    centre: Centre, meeting_id: str, begins_at: datetime, *steps: tuple[str, str, float]
) -> None:
    """Write (kind, point, minutes after the beginning) into the log of a meeting."""
    with writing(centre.web.state) as session:
        for kind, point_id, minutes in steps:
            now = begins_at + timedelta(minutes=minutes)
            event_queries.record(session, meeting_id, kind, now=now, point_id=point_id)


def is_out(centre: Centre, point_id: str, began_at: datetime, minutes: int) -> None:
    """Let the centre not have heard a point's machine for some minutes."""
    span = timedelta(minutes=minutes)
    with writing(centre.web.series) as session:
        for state, begins, ends in (
            ("up", began_at - timedelta(days=1), began_at),
            ("down", began_at, began_at + span),
            ("up", began_at + span, None),
        ):
            session.add(
                PresenceInterval(
                    point_id=point_id,
                    state=state,
                    began_at=begins,
                    noticed_at=begins,
                    ended_at=ends,
                )
            )


def is_judged(centre: Centre, point_id: str, began_at: datetime, cause: str) -> None:
    with writing(centre.web.series) as session:
        session.add(
            OutageVerdict(
                point_id=point_id,
                outage_began_at=began_at,
                noticed_at=began_at,
                judged_at=began_at,
                cause=cause,
                is_certain=True,
                is_recorded=True,
                evidence="[]",
            )
        )


async def record_of(person: Person, meeting_id: str) -> dict[str, Any]:
    return dict((await person.get(f"/api/v1/meetings/{meeting_id}/record")).json())


async def test_it_is_made_after_the_end_and_anew_when_causes_come_late(centre: Centre) -> None:
    office, viewer = await centre.sign_in(), await centre.sign_in(Role.VIEWER)
    meeting_id, begins_at = await ended(centre, office, title=HOSTILE)
    desk, page = centre.web.part(RecordDesk), f"/meetings/{meeting_id}/after"
    assert "Đang lập số liệu" in (await viewer.get(page)).text
    early = await viewer.get(f"/api/v1/meetings/{meeting_id}/record")
    assert (early.status_code, early.json()["error"]["code"]) == (409, "no_record")
    assert (await viewer.get(f"{page}.xlsx")).status_code == 409
    happens(
        centre,
        meeting_id,
        begins_at,
        ("joined", "p-chair", -3),
        ("joined", "p-b", 2),
        ("floor_given", "p-b", 10),
        ("floor_taken", "p-b", 14),
        ("cut", "p-b", 30),
        ("joined", "p-b", 35),
        ("left", "p-b", 100),
    )
    cut_at = begins_at + timedelta(minutes=30)
    is_out(centre, "p-b", cut_at, 5)
    assert desk.look() == [meeting_id]
    assert desk.look() == []
    kept = await record_of(viewer, meeting_id)
    chair, at_b, at_c = kept["participants"]
    assert (chair["interruptions"], at_c["spans"]) == ([], [])
    assert [one["cause"] for one in at_b["interruptions"]] == [""]
    assert at_b["interruptions"][0]["machine"] == "out"
    assert len(kept["speeches"]) == 1
    shown = (await viewer.get(page)).text
    assert "chưa xác định nguyên nhân" in shown
    assert HOSTILE not in shown
    assert "1 giờ 38 phút" not in shown  # in is without the interruption
    assert "1 giờ 33 phút" in shown
    # The point's own record comes when its line is back.
    is_judged(centre, "p-b", cut_at, "line")
    centre.time.offset += timedelta(minutes=2)
    assert desk.look() == [meeting_id]
    shown = (await viewer.get(page)).text
    assert "Đứt đường truyền của nhà mạng" in shown
    assert "nguyên nhân gián đoạn của Xã B" in shown
    kept = await record_of(viewer, meeting_id)
    assert kept["version"] == 2
    book = await viewer.get(f"{page}.xlsx")
    assert book.headers["content-type"].startswith("application/vnd.openxmlformats")
    with zipfile.ZipFile(io.BytesIO(book.content)) as packed:
        assert sum(name.startswith("xl/worksheets/sheet") for name in packed.namelist()) == 4


async def test_it_keeps_what_was_planned_and_how_points_were_rehearsed(centre: Centre) -> None:
    office = await centre.sign_in()
    items = [{"title": title, "minutes": 30, "speaker": "Xã B"} for title in (HOSTILE, "Thảo luận")]
    meeting_id, begins_at = await ended(centre, office, agenda=items)
    with writing(centre.web.state) as session:
        went_on = begins_at + timedelta(minutes=42)
        agenda_queries.come_to(session, meeting_id, 1, went_on)
        for hour, verdicts in ((2, ("ready", "ready")), (1, ("not_ready", "no_result"))):
            made_at = begins_at - timedelta(hours=hour)
            run_id = f"r{hour}"
            session.add(
                RehearsalRun(
                    run_id=run_id,
                    meeting_id=meeting_id,
                    moment="asked",
                    due_at=made_at,
                    made_at=made_at,
                    ends_at=made_at,
                    over_at=made_at,
                )
            )
            session.flush()
            for point_id, verdict in zip(("p-b", "p-c"), verdicts, strict=True):
                cause = {"not_ready": "silent", "no_result": "in_meeting"}.get(verdict, "")
                session.add(
                    RehearsalResult(
                        rehearsal_id=f"{run_id}{point_id}",
                        run_id=run_id,
                        point_id=point_id,
                        relay_id="relay-1",
                        judged_at=made_at,
                        verdict=verdict,
                        cause=cause,
                    )
                )
    assert centre.web.part(RecordDesk).look() == [meeting_id]
    kept = await record_of(office, meeting_id)
    said = {one["subject"]: one["rehearsal"] for one in kept["participants"]}
    assert said["p-chair"] is None
    assert (said["p-b"]["verdict"], said["p-b"]["cause"]) == ("not_ready", "silent")
    assert said["p-c"]["verdict"] == "ready"  # being in a meeting says nothing new
    first, second = kept["agenda"]
    assert first["ended_at"] == second["began_at"] == went_on.isoformat().replace("+00:00", "Z")
    page = f"/meetings/{meeting_id}"
    shown = (await office.get(f"{page}/after")).text
    assert "1 trong 2 điểm cầu đã chạy thử sẵn sàng" in shown
    assert "Micro không có tiếng" in shown
    assert "chậm hơn dự kiến 12 phút" in shown
    assert HOSTILE not in shown
    book = (await office.get(f"{page}/after.xlsx")).content
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        assert sum(name.startswith("xl/worksheets/sheet") for name in packed.namelist()) == 6
    paper = (await office.get(f"{page}/minutes.docx")).content
    with zipfile.ZipFile(io.BytesIO(paper)) as packed:
        text = packed.read("word/document.xml").decode()
    assert "Sẵn sàng 1 trên 2 điểm cầu đã chạy thử." in text
    assert "Thảo luận" in text
    assert (await office.get(f"{page}/minutes.pdf")).content.startswith(b"%PDF-")


async def test_a_late_event_makes_it_anew_and_a_clock_ahead_does_not(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id, begins_at = await ended(centre, office)
    desk = centre.web.part(RecordDesk)
    assert desk.look() == [meeting_id]
    shown = (await office.get(f"/meetings/{meeting_id}/after")).text
    assert "Không máy chủ chuyển tiếp nào báo" in shown
    assert "Không có số liệu về gián đoạn" in shown
    happens(centre, meeting_id, begins_at, ("joined", "p-chair", 1))
    assert desk.look() == [meeting_id]
    with reading(centre.web.state) as session:
        assert [one.what for one in record_queries.changes(session, meeting_id, most=9)] == [
            "times"
        ]
    centre.time.offset += timedelta(days=30)
    happens(centre, meeting_id, begins_at, ("joined", "p-b", 1))
    assert desk.look() == []


async def test_in_person_it_says_that_the_roll_says_who_was_there(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id, _ = await ended(centre, office, held_as="in_person", point_ids=["p-chair", "p-b"])
    mark = {"marks": [{"subject": "p-b", "state": "present", "heads": 7}]}
    await office.put(f"/api/v1/meetings/{meeting_id}/roll-call", mark)
    assert centre.web.part(RecordDesk).look() == [meeting_id]
    shown = (await office.get(f"/meetings/{meeting_id}/after")).text
    assert "tổ chức trực tiếp" in shown
    assert "1/2" in shown
    assert 'data-testid="figure-interruptions"' not in shown


async def test_a_correction_has_it_made_anew_whatever_its_age(centre: Centre) -> None:
    office, ago = await centre.sign_in(), centre.time.now() - timedelta(days=40)
    hours = {"begins_at": ago.isoformat(), "ends_at": (ago + timedelta(hours=1)).isoformat()}
    body = meeting_body(centre.time, held_as="in_person", point_ids=["p-chair"], **hours)
    meeting_id = str((await office.post("/api/v1/meetings", body)).json()["meeting_id"])
    desk, path = centre.web.part(RecordDesk), f"/api/v1/meetings/{meeting_id}"
    assert desk.look() == [meeting_id]
    before = await record_of(office, meeting_id)
    ends_at = (ago + timedelta(hours=3)).isoformat()
    right = body | {"point_ids": ["p-chair", "p-b", "p-c"], "ends_at": ends_at}
    assert (await office.put(path, right)).status_code == 200
    # Nobody is shown, or signs, what is known to be wrong.
    assert (await office.get(f"{path}/record")).status_code == 409
    assert (await office.get(f"/meetings/{meeting_id}/after.xlsx")).status_code == 409
    assert "Đang lập số liệu" in (await office.get(f"/meetings/{meeting_id}/after")).text
    assert (await office.post(f"{path}/minutes/lock")).status_code == 409
    assert desk.look() == [meeting_id]
    assert desk.look() == []
    kept = await record_of(office, meeting_id)
    assert [one["subject"] for one in kept["participants"]] == ["p-chair", "p-b", "p-c"]
    assert (kept["held_from"], kept["version"]) == (before["held_from"], 2)
    assert kept["held_until"] > before["held_until"]
    # What the paper alone has is another paper too: none that was drawn before is locked.
    assert (await office.put(path, right | {"title": "Tên đúng"})).status_code == 200
    assert desk.look() == [meeting_id]
    assert (await record_of(office, meeting_id))["version"] == 3
    assert (await office.post(f"{path}/minutes/lock")).status_code == 200


async def test_what_is_corrected_while_it_is_made_is_not_kept_as_it_was(
    sqlite_centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre, office = sqlite_centre, await sqlite_centre.sign_in()
    meeting_id, _ = await ended(centre, office, held_as="in_person", point_ids=["p-chair"])
    desk, made = centre.web.part(RecordDesk), making.made

    def made_late(*given: Any, now: datetime) -> KeptRecord:
        content = made(*given, now=now)
        with writing(centre.web.state) as session:
            session.add(MeetingParticipant(meeting_id=meeting_id, point_id="p-b", position=1))
        return content

    monkeypatch.setattr(keeper, "made", made_late)
    assert desk.look() == []
    monkeypatch.setattr(keeper, "made", made)
    assert desk.look() == [meeting_id]
    kept = await record_of(office, meeting_id)
    assert {one["subject"] for one in kept["participants"]} == {"p-chair", "p-b"}


async def test_what_has_not_ended_has_no_record_and_old_ones_leave(centre: Centre) -> None:
    office = await centre.sign_in()
    coming = (await office.post("/api/v1/meetings", meeting_body(centre.time))).json()
    shown = (await office.get(f"/meetings/{coming['meeting_id']}/after")).text
    assert "Số liệu tự lập khi cuộc họp kết thúc" in shown
    assert centre.web.part(RecordDesk).look() == []
    assert (await office.get("/meetings/m-none/after")).status_code == 404
    meeting_id, begins_at = await ended(centre, office)
    desk = centre.web.part(RecordDesk)
    desk.look()
    happens(centre, meeting_id, begins_at, ("joined", "p-b", 1))
    desk.look()
    with writing(centre.web.state) as session:
        assert record_queries.forget(session, begins_at, count=10) == 0
        assert record_queries.forget(session, centre.time.now(), count=10) == 1
        assert record_queries.get(session, meeting_id) is None


async def test_what_was_forgotten_is_not_made_again(sqlite_centre: Centre) -> None:
    office, desk = await sqlite_centre.sign_in(), sqlite_centre.web.part(RecordDesk)
    meeting_id, _ = await ended(sqlite_centre, office)
    keep = RetentionSettings()
    sqlite_centre.time.offset += keep.meeting_log_age + timedelta(days=1)
    await retention.prune(keep, sqlite_centre.web.state, now=sqlite_centre.time.now())
    assert desk.look() == []
    with reading(sqlite_centre.web.state) as session:
        assert len(meeting_queries.participants(session, MeetingId(meeting_id))) == 3  # that stays


async def test_a_broken_meeting_holds_up_no_other(centre: Centre) -> None:
    office = await centre.sign_in()
    first, _ = await ended(centre, office)
    second, begins_at = await ended(centre, office)
    with writing(centre.web.state) as session:
        session.add(
            MeetingEvent(
                meeting_id=first,
                happened_at=begins_at,
                recorded_at=begins_at,
                kind="joined",
                subject="x" * 100,
                direction="publish",
            )
        )
    assert second in centre.web.part(RecordDesk).look()
