"""What is kept of a meeting: made after its end, with causes, and anew when reports come late."""

import io
import zipfile
from datetime import datetime, timedelta
from typing import Any

from controller.db.engine import reading, writing
from controller.ingest.cause_tables import OutageVerdict
from controller.ingest.tables import PresenceInterval
from controller.meetings import event_queries
from controller.meetings.after import record_queries
from controller.meetings.after.keeper import RecordDesk
from controller.meetings.tables import Meeting, MeetingEvent
from controller.roles import Role
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
