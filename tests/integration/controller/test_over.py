"""What is over: nobody speaks in it, what is asked again is answered truly, old rows leave."""

from datetime import timedelta

import pytest
from sqlmodel import col, func, select

from contracts import codec, topics
from contracts.ids import MeetingId, RelayId
from contracts.participants import ParticipantKind
from contracts.relay import RelayEvent
from controller import retention
from controller.clock import WatchedClock
from controller.db.engine import reading, writing
from controller.dispatch.changes import Changes
from controller.enrolment import code_queries
from controller.enrolment.tables import EnrolmentCode
from controller.meetings import event_queries
from controller.meetings.attendance import Attendance
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.meeting_state import MeetingPhase, Move
from controller.meetings.relay_events import COMINGS_BURST, RelayEvents
from controller.meetings.tables import MeetingEvent
from controller.settings import RetentionSettings
from runtime.bus import Received
from tests.integration.controller.centre import Centre, Person, meeting_body


async def begun(office: Person, centre: Centre, *points: str) -> str:
    now = centre.time.now()
    invited = list(points) or ["p-b"]
    body = meeting_body(centre.time, begins_at=now.isoformat(), point_ids=invited)
    meeting_id: str = (await office.post("/api/v1/meetings", body)).json()["meeting_id"]
    assert centre.web.part(Lifecycle).move_by_clock(meeting_id, MeetingPhase.SCHEDULED, Move.BEGIN)
    return meeting_id


async def test_nobody_speaks_in_a_meeting_that_has_ended(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await begun(office, centre)
    path = f"/api/v1/meetings/{meeting_id}"
    await office.post(f"{path}/floor", {"action": "grant", "point_id": "p-b"})
    assert (await office.get(path)).json()["floor"]["speaker"] == "p-b"
    assert "Đang phát biểu" in (await office.get(f"/meetings/{meeting_id}")).text
    assert (await office.post(f"{path}/end")).status_code == 200
    assert (await office.get(path)).json()["floor"]["speaker"] is None
    assert (await office.get(f"{path}/floor")).json()["holders"] == []
    assert "Đang phát biểu" not in (await office.get(f"/meetings/{meeting_id}")).text


async def test_a_move_that_was_made_before_is_answered_truly(centre: Centre) -> None:
    office = await centre.sign_in()
    made = (await office.post("/api/v1/meetings", meeting_body(centre.time))).json()
    path = f"/api/v1/meetings/{made['meeting_id']}"
    again = await office.post(f"{path}/schedule")
    assert again.status_code == 409
    assert again.json()["error"]["message_vi"] == "Cuộc họp đã được xếp lịch rồi."
    assert (await office.post(f"{path}/cancel")).status_code == 200
    error = (await office.post(f"{path}/cancel")).json()["error"]
    assert error["message_en"] == "The meeting is cancelled already."


async def test_old_rows_leave_by_the_settings_and_newer_ones_stay(centre: Centre) -> None:
    web, now = centre.web, centre.time.now()
    with writing(web.state) as session:
        for age in (1, 11):
            then = now - timedelta(days=age)
            for number in range(3):
                event_queries.record(session, f"m{number}", "meeting_edited", now=then)
            code_queries.add(session, f"{age:064}", "p-b", created_by="", now=then, expires_at=then)
            row = session.get_one(EnrolmentCode, f"{age:064}")
            row.used_at = then
            session.add(row)
            session.flush()
    settings = RetentionSettings(meeting_log_days=10, enrolment_code_days=10)
    assert await retention.prune(settings, web.state, now=now) == 4
    assert await retention.prune(settings, web.state, now=now) == 0
    with reading(web.state) as session:
        assert session.exec(select(func.count(col(MeetingEvent.event_id)))).one() == 3
        assert len(session.exec(select(EnrolmentCode)).all()) == 1


async def test_whoever_comes_and_goes_in_a_loop_fills_no_log(centre: Centre) -> None:
    web, relay = centre.web, RelayId("relay-1")
    events = RelayEvents(
        web.state,
        frozenset((relay,)),
        attendance=web.part(Attendance),
        changes=web.part(Changes),
        hub=web.hub,
        metrics=web.metrics,
        clock=web.part(WatchedClock),
    )
    began = centre.time.now()

    async def say(seq: int, subject: str) -> None:
        event = RelayEvent(
            started_at=began,
            seq=seq,
            happened_at=began,
            meeting_id=MeetingId("m1"),
            kind="joined" if seq % 2 else "left",
            subject=subject,
            participant_kind=ParticipantKind.PERSON,
        )
        await events.handle(Received(topics.relay_event(relay).name, codec.encode(event), False))

    for seq in range(COMINGS_BURST + 50):
        await say(seq, "viewer")
    await say(10_000, "another")
    assert events._queue.qsize() == pytest.approx(COMINGS_BURST + 1, abs=2)
