"""The queue for the floor: kept, in order, left by a grant, come back to by its undoing."""

import threading
from datetime import timedelta

from contracts.desired import Live
from contracts.floor import MAX_MUTED, FloorState
from contracts.ids import MeetingId, RelayId
from contracts.participants import ParticipantKind
from contracts.relay import Attendee, MeetingState, RelayState
from controller.audit.service import Action
from controller.db.engine import reading, writing
from controller.dispatch.changes import Pending
from controller.dispatch.planning import MeetingPlanner
from controller.meetings import event_queries, queue_queries
from controller.meetings.attendance import Attendance
from controller.meetings.queue import SpeakersQueue
from controller.roles import Role
from tests.integration.controller.centre import Centre, Person, meeting_body
from tests.integration.controller.test_audited_acts import written
from tests.integration.controller.test_over import begun


async def meeting(office: Person, centre: Centre) -> str:
    """Return a meeting that is on, with the chair, p-b and p-c in it."""
    meeting_id = await begun(office, centre, "p-b", "p-c")
    now = centre.time.now()
    attendees = tuple(
        Attendee(
            subject=point,
            participant_kind=ParticipantKind.POINT,
            direction="publish",
            joined_at=now - timedelta(minutes=1),
            is_connected=True,
        )
        for point in ("p-chair", "p-b", "p-c")
    )
    state = MeetingState(
        meeting_id=MeetingId(meeting_id),
        is_forwarding=True,
        floor=FloorState(epoch=0),
        attendees=attendees,
    )
    attendance = centre.web.part(Attendance)
    attendance.note_state(RelayId("relay-1"), RelayState(reported_at=now, meetings=(state,)))
    return meeting_id


async def press(office: Person, meeting_id: str, what: str, **fields: str) -> int:
    form = {"csrf_token": office.csrf_token, **fields}
    answer = await office.client.post(f"/meetings/{meeting_id}/{what}", data=form)
    return answer.status_code


def waiting(centre: Centre, meeting_id: str) -> list[str]:
    with reading(centre.web.state) as session:
        return list(queue_queries.waiting(session, meeting_id))


async def test_who_asked_first_is_next_and_a_grant_that_is_undone_gives_the_place_back(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    assert await press(office, meeting_id, "queue", who="p-c", action="ask") == 303
    centre.time.offset += timedelta(minutes=4)
    assert await press(office, meeting_id, "queue", who="p-b", action="ask") == 303
    assert await press(office, meeting_id, "queue", who="p-c", action="ask") == 303  # as before
    assert waiting(centre, meeting_id) == ["p-c", "p-b"]
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "Mời Xã C phát biểu<kbd" in page
    queued = page.partition('data-testid="queued-p-c"')[2].partition("</li>")[0]
    assert "4 phút" in queued
    assert "chưa phát biểu" in queued
    assert "Chưa rõ micro" in queued

    assert await press(office, meeting_id, "floor", action="grant", point_id="p-c") == 303
    assert waiting(centre, meeting_id) == ["p-b"]
    refused = await press(office, meeting_id, "queue", who="p-c", action="ask")
    assert refused == 409
    assert await press(office, meeting_id, "floor", action="undo") == 303
    assert waiting(centre, meeting_id) == ["p-c", "p-b"]
    assert await press(office, meeting_id, "queue", who="p-c", action="drop") == 303
    assert waiting(centre, meeting_id) == ["p-b"]
    log = (await office.get(f"/meetings/{meeting_id}/log")).text
    assert "Xã B xin phát biểu" in log
    assert "Đã đưa Xã C ra khỏi hàng chờ phát biểu" in log
    assert written(centre, Action.NOTE_REQUEST) == ["done", "done"]
    assert written(centre, Action.DROP_REQUEST) == ["done"]


async def test_how_long_each_has_spoken_is_on_the_page_beyond_the_lines_of_its_log(
    sqlite_centre: Centre,
) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(office, sqlite_centre)
    await press(office, meeting_id, "floor", action="grant", point_id="p-b")
    sqlite_centre.time.offset += timedelta(minutes=3)
    await press(office, meeting_id, "floor", action="withdraw", point_id="p-b")
    await press(office, meeting_id, "queue", who="p-b", action="ask")
    page = (await office.get(f"/meetings/{meeting_id}")).text
    queued = page.partition('data-testid="queued-p-b"')[2].partition("</li>")[0]
    assert "đã phát biểu 1 lần, 3 phút" in queued


async def test_nobody_queues_who_is_not_invited_is_the_chair_or_may_not_act(
    sqlite_centre: Centre,
) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(office, sqlite_centre)
    for refused in ("p-chair", "person:nobody", "person:" + "x" * 5000):
        assert await press(office, meeting_id, "queue", who=refused, action="ask") == 409
    assert 'data-testid="queue-empty"' in (await office.get(f"/meetings/{meeting_id}")).text
    for hostile in ("", "p-nobody", "<b>", "x" * 5000):
        assert await press(office, meeting_id, "queue", who=hostile, action="ask") == 404
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    assert await press(viewer, meeting_id, "queue", who="p-b", action="ask") == 403
    made = (await office.post("/api/v1/meetings", meeting_body(sqlite_centre.time))).json()
    await office.post(f"/api/v1/meetings/{made['meeting_id']}/cancel")
    assert await press(office, made["meeting_id"], "queue", who="p-b", action="ask") == 409
    assert waiting(sqlite_centre, meeting_id) == []


async def test_two_who_note_the_same_request_at_once_note_it_once(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    queue, told = centre.web.part(SpeakersQueue), []

    def note() -> None:
        told.append(queue.put(meeting_id, "p-b", is_up=True, actor="office"))

    threads = [threading.Thread(target=note) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(told) == [False, False, False, True]
    assert waiting(centre, meeting_id) == ["p-b"]


async def test_the_queue_has_an_end_and_says_so(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(office, sqlite_centre)
    now = sqlite_centre.time.now()
    with writing(sqlite_centre.web.state) as session:
        for number in range(MAX_MUTED):
            assert queue_queries.ask(session, meeting_id, f"person:{number}", now=now)
    assert await press(office, meeting_id, "queue", who="p-b", action="ask") == 409


async def test_a_speech_has_a_time_that_its_speakers_screen_is_told(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    assert await press(office, meeting_id, "speech-time", minutes="5") == 303
    await press(office, meeting_id, "floor", action="grant", point_id="p-b")
    told = screens(centre)
    assert told["dc/point/p-b/live"].speech_s == 300
    assert told["dc/point/p-b/live"].speech_began_at is not None
    assert told["dc/point/p-c/live"].speech_s is None
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert 'data-limit-s="300"' in page
    assert "trong 5 phút" in page
    assert await press(office, meeting_id, "speech-time", minutes="0") == 303
    assert screens(centre)["dc/point/p-b/live"].speech_s is None
    for refused in ("", "-1", "61", "9999", "1e3", "٣", "x" * 5000):
        assert await press(office, meeting_id, "speech-time", minutes=refused) == 400
    log = (await office.get(f"/meetings/{meeting_id}/log")).text
    assert "Mỗi lượt phát biểu 5 phút" in log
    assert "Không giới hạn thời gian phát biểu nữa" in log
    assert written(centre, Action.SET_SPEECH_TIME) == ["done", "done"]


def screens(centre: Centre) -> dict[str, Live]:
    """Return what the rooms' screens are told, by their topics."""
    planner, now = MeetingPlanner(centre.web.settings), centre.web.now()
    with reading(centre.web.state) as session:
        wanted = planner.plan(session, Pending(is_all=True), now=now, until=now)
    return {one.topic.name: one.document for one in wanted if isinstance(one.document, Live)}


async def test_of_very_many_speeches_the_newest_are_counted(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(office, sqlite_centre)
    for point in ("p-b", "p-c", "p-b"):
        await press(office, meeting_id, "floor", action="grant", point_id=point)
    with reading(sqlite_centre.web.state) as session:
        turns = event_queries.floor_turns(session, meeting_id, most=3)
    assert [(one.kind, one.who) for one in turns] == [
        ("floor_given", "p-c"),
        ("floor_taken", "p-c"),
        ("floor_given", "p-b"),
    ]


async def test_a_point_is_put_on_the_main_picture_and_back_without_the_floor(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    assert await press(office, meeting_id, "floor", action="stage", point_id="p-c") == 303
    assert {one.stage_name for one in screens(centre).values() if one.meeting_id} == {"Xã C"}
    floor = (await office.get(f"/api/v1/meetings/{meeting_id}/floor")).json()
    assert (floor["on_stage"], floor["holders"]) == ("p-c", [])
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "Đã đưa Xã C lên màn chính" in page
    assert '<option value="p-c" selected>' in page
    assert await press(office, meeting_id, "floor", action="undo") == 303
    assert {one.stage_name for one in screens(centre).values()} == {""}
    await press(office, meeting_id, "floor", action="stage", point_id="p-b")
    assert await press(office, meeting_id, "floor", action="stage", point_id="") == 303
    log = (await office.get(f"/meetings/{meeting_id}/log")).text
    assert log.count("Màn chính trở lại điểm cầu chủ trì") == 2
    for hostile in ("p-nobody", "<b>", "person:nobody", "x" * 5000):
        refused = await press(office, meeting_id, "floor", action="stage", point_id=hostile)
        assert refused == 409
