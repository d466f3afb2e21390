"""Locking a meeting: the relay is told who comes in, and the console who waits outside."""

import threading

import msgspec
from msgspec import UNSET

from contracts.desired import RelayMeeting
from contracts.ids import MeetingId, RelayId
from contracts.relay import Outside, RelayEvent, RelayState
from controller.audit.service import Action
from controller.db.engine import reading, writing
from controller.dispatch.changes import Pending
from controller.dispatch.planning import MeetingPlanner
from controller.meetings import event_queries
from controller.meetings.admission import admission_queries
from controller.meetings.admission.desk import MeetingLock
from controller.meetings.attendance import Attendance
from controller.roles import Role
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_audited_acts import written
from tests.integration.controller.test_speakers_queue import meeting, press

RELAY = RelayId("relay-1")


def told(centre: Centre, meeting_id: str) -> RelayMeeting:
    """Return what the relay is told of a meeting."""
    planner, now = MeetingPlanner(centre.web.settings), centre.web.now()
    pending = Pending(ids={MeetingId(meeting_id)})
    with reading(centre.web.state) as session:
        wanted = planner.plan(session, pending, now=now, until=now)
    return next(one.document for one in wanted if isinstance(one.document, RelayMeeting))


def joined(centre: Centre, meeting_id: str, point: str) -> None:
    """Have the log say that a point came in."""
    now = centre.time.now()
    event = RelayEvent(
        started_at=now,
        seq=1,
        happened_at=now,
        meeting_id=MeetingId(meeting_id),
        kind="joined",
        subject=point,
    )
    with writing(centre.web.state) as session:
        event_queries.record_from_relay(session, RELAY, event, now=now)


def stands_outside(centre: Centre, meeting_id: str, *points: str) -> None:
    """Have the relay say who waits."""
    attendance, now = centre.web.part(Attendance), centre.time.now()
    state = attendance.meeting_state(MeetingId(meeting_id))
    assert state is not None
    outside = tuple(Outside(subject=one, since=now) for one in points)
    said = msgspec.structs.replace(state, outside=outside)
    attendance.note_state(RELAY, RelayState(reported_at=now, meetings=(said,)))


async def test_who_was_in_comes_back_and_the_late_are_let_in_or_refused(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    joined(centre, meeting_id, "p-b")
    assert told(centre, meeting_id).admitted is UNSET
    for _ in range(2):  # the second secretary presses it, too
        assert await press(office, meeting_id, "lock", locked="yes") == 303
    assert told(centre, meeting_id).admitted == ("p-chair", "p-b")
    stands_outside(centre, meeting_id, "p-c", "p-b")
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert 'data-testid="outside-p-c"' in page
    assert 'data-testid="outside-p-b"' not in page  # the relay does not know it yet
    assert "1 nơi đang chờ" in page
    move = page.partition('data-testid="last-move"')[2].partition("</form>")[0]
    assert "ai vào muộn phải chờ" in move
    assert 'name="locked" value="no"' in move
    path = f"/api/v1/meetings/{meeting_id}"
    assert [one["subject"] for one in (await office.get(f"{path}/lock")).json()["outside"]] == [
        "p-c",
        "p-b",
    ]
    assert await press(office, meeting_id, "admit", who="p-c") == 303
    assert told(centre, meeting_id).admitted == ("p-chair", "p-b", "p-c")
    assert 'data-testid="outside-p-c"' not in (await office.get(f"/meetings/{meeting_id}")).text
    await press(office, meeting_id, "put-out", subject="p-c", participant_kind="point")
    [barred] = told(centre, meeting_id).barred or ()
    assert barred.subject == "p-c"
    assert (await office.put(f"{path}/lock", {"is_locked": False})).status_code == 204
    assert told(centre, meeting_id).admitted is UNSET
    log = (await office.get(f"/meetings/{meeting_id}/log")).text
    for line in ("Đã khóa cuộc họp", "Đã cho Xã C vào muộn", "Đã mở khóa cuộc họp"):
        assert line in log
    assert written(centre, Action.LOCK_MEETING) == ["done"]
    assert written(centre, Action.ADMIT) == ["done"]
    assert written(centre, Action.UNLOCK_MEETING) == ["done"]


async def test_two_who_let_in_at_once_do_it_once_and_strangers_are_refused(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    await press(office, meeting_id, "lock", locked="yes")
    done: list[bool] = []
    desk = centre.web.part(MeetingLock)
    threads = [
        threading.Thread(target=lambda: done.append(desk.admit(meeting_id, "p-c", actor="office")))
        for _ in range(3)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(done) == [False, False, True]
    for hostile in ("", "p-nobody", "person:nobody", "person:", "<b>", "x" * 5000):
        assert await press(office, meeting_id, "admit", who=hostile) == 404
    viewer = await centre.sign_in(Role.VIEWER)
    for what in ("lock", "admit"):
        assert await press(viewer, meeting_id, what, who="p-b", locked="yes") == 403
    await office.post(f"/api/v1/meetings/{meeting_id}/end")
    assert await press(office, meeting_id, "lock", locked="yes") == 409
    with writing(centre.web.state) as session:
        admission_queries.forget_ended(session)
    with reading(centre.web.state) as session:
        assert admission_queries.count(session, meeting_id) == 0
