"""The chair hands a meeting over: rooms and relays obey, it is said, and it is taken back."""

import threading

from contracts.desired import RelayMeeting, Schedule
from contracts.participants import ParticipantKind
from controller.audit.service import Action
from controller.db.engine import reading
from controller.dispatch.changes import Pending
from controller.dispatch.planning import MeetingPlanner, PointPlanner
from controller.errors import Conflict
from controller.meetings import meeting_queries
from controller.meetings.deputy import ChairDesk
from controller.meetings.removal import Guest, Removal
from controller.roles import Role
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_audited_acts import written
from tests.integration.controller.test_room_holds import appoint
from tests.integration.controller.test_speakers_queue import meeting, press, screens, waiting


def relayed(centre: Centre) -> RelayMeeting:
    planner, now = MeetingPlanner(centre.web.settings), centre.web.now()
    with reading(centre.web.state) as session:
        wanted = planner.plan(session, Pending(is_all=True), now=now, until=now)
    (found,) = [one.document for one in wanted if isinstance(one.document, RelayMeeting)]
    return found


def roles(centre: Centre) -> dict[str, str]:
    """Return what each point's schedule says it is in the meeting."""
    planner, now = PointPlanner(centre.web.settings, b"k" * 32), centre.web.now()
    with reading(centre.web.state) as session:
        wanted = planner.plan(session, Pending(is_all=True), now=now, until=now)
    return {
        one.topic.name.split("/")[2]: one.document.meetings[0].role
        for one in wanted
        if isinstance(one.document, Schedule) and one.document.meetings
    }


async def test_what_was_the_chairs_is_the_deputys_until_it_is_taken_back(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    offered = (await office.get(f"/meetings/{meeting_id}")).text.split('testid="deputy-point"')[1]
    assert offered.index('value="p-b"') < offered.index('value="p-chair"')
    await press(office, meeting_id, "queue", who="p-b", action="ask")
    await press(office, meeting_id, "floor", action="grant", point_id="p-b")
    await press(office, meeting_id, "floor", action="stage", point_id="p-b")
    assert await press(office, meeting_id, "chair", point_id="p-b", name="Trần Thị Phó") == 303

    told, screen = relayed(centre), screens(centre)
    assert (told.chair, told.floor.holders, told.floor.on_stage) == ("p-b", (), None)
    assert roles(centre) == {"p-chair": "participant", "p-b": "chair", "p-c": "participant"}
    assert {one.chair_name for one in screen.values() if one.meeting_id} == {"Trần Thị Phó"}
    assert {one.stage for one in screen.values() if one.meeting_id} == {"p-b"}
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "Trần Thị Phó, Xã B điều hành thay từ" in page
    assert "Xã B điều hành thay chủ tọa Trần Thị Phó" in page
    # Who led before is a point like others now: it asks, and is given the floor.
    assert await press(office, meeting_id, "queue", who="p-chair", action="ask") == 303
    assert await press(office, meeting_id, "queue", who="p-b", action="ask") == 409
    assert await press(office, meeting_id, "floor", action="grant", point_id="p-b") == 409
    assert await press(office, meeting_id, "floor", action="grant", point_id="p-chair") == 303
    assert relayed(centre).floor.holders == ("p-chair",)
    shown = (await office.get(f"/api/v1/meetings/{meeting_id}/chair")).json()
    assert (shown["chair_point_id"], shown["chairing_point_id"]) == ("p-chair", "p-b")

    assert await press(office, meeting_id, "chair", action="back") == 303
    told = relayed(centre)
    assert (told.chair, told.floor.holders) == ("p-chair", ())
    assert roles(centre)["p-chair"] == "chair"
    assert {one.chair_name for one in screens(centre).values()} == {""}
    log = (await office.get(f"/meetings/{meeting_id}/log")).text
    assert "Chủ tọa điều hành trở lại, tại" in log
    assert await press(office, meeting_id, "chair", action="back") == 303  # as before
    assert written(centre, Action.HAND_OVER_CHAIR) == ["done"]
    assert written(centre, Action.TAKE_CHAIR_BACK) == ["done"]


async def test_z_takes_it_back_and_no_older_move_puts_the_chair_onto_the_floor(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    await press(office, meeting_id, "floor", action="grant", point_id="p-b")
    await press(office, meeting_id, "floor", action="withdraw_all")
    await press(office, meeting_id, "chair", point_id="p-b", name="")
    page = (await office.get(f"/meetings/{meeting_id}")).text
    last = page.partition('data-testid="last-move"')[2].partition("</div>")[0]
    assert f'hx-post="/meetings/{meeting_id}/chair"' in last
    assert 'name="action" value="back"' in last
    assert await press(office, meeting_id, "floor", action="undo") == 409
    assert {one.chair_name for one in screens(centre).values() if one.meeting_id} == {"Xã B"}


async def test_in_the_chairs_own_hall_a_deputy_is_named(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    assert await press(office, meeting_id, "chair", point_id="p-chair", name=" ") == 409
    assert await press(office, meeting_id, "chair", point_id="p-chair", name="Lê Văn Phó") == 303
    assert relayed(centre).chair == "p-chair"
    assert {one.chair_name for one in screens(centre).values() if one.meeting_id} == {"Lê Văn Phó"}
    await press(office, meeting_id, "end")
    log = (await office.get(f"/meetings/{meeting_id}/log")).text
    assert "điều hành thay chủ tọa Lê Văn Phó" in log
    assert await press(office, meeting_id, "chair", point_id="p-b", name="") == 409


async def test_who_may_and_what_is_none_are_refused(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    for point in ("p-nobody", "<b>", "", "x" * 5000):
        assert await press(office, meeting_id, "chair", point_id=point, name="") == 404
    for name in ("x" * 61, "a\nb", "a\u202eb"):
        assert await press(office, meeting_id, "chair", point_id="p-b", name=name) == 422
    assert await press(office, "m-nobody", "chair", point_id="p-b", name="") == 404
    viewer = await centre.sign_in(Role.VIEWER)
    assert await press(viewer, meeting_id, "chair", point_id="p-b", name="") == 403
    assert relayed(centre).chair == "p-chair"


async def test_two_who_hand_over_and_give_the_floor_at_once_leave_no_chair_on_it(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    await press(office, meeting_id, "queue", who="p-b", action="ask")
    desk = centre.web.part(ChairDesk)

    def hand_over(point: str) -> None:
        try:
            desk.hand_over(meeting_id, point, "", actor="office")
        except Conflict:
            pass  # the floor was moved between: said, and pressed again

    both = [threading.Thread(target=hand_over, args=(one,)) for one in ("p-b", "p-c")]
    for one in both:
        one.start()
    await press(office, meeting_id, "floor", action="grant", point_id="p-b")
    for one in both:
        one.join()
    with reading(centre.web.state) as session:
        row = meeting_queries.get(session, meeting_id)
        assert row is not None
        leads = row.chairing_point_id
    told = relayed(centre)
    assert told.chair == leads
    assert leads not in told.floor.holders
    assert leads not in waiting(centre, meeting_id)


async def test_it_is_handed_over_to_no_point_that_cannot_be_in(centre: Centre) -> None:
    await appoint(centre)
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)  # of p-c's room the council was asked
    way = f"/api/v1/meetings/{meeting_id}"
    out = {"subject": "p-b", "participant_kind": "point"}
    assert (await office.post(f"{way}/expulsions", out)).status_code == 204
    offered = (await office.get(f"/meetings/{meeting_id}")).text.split('testid="deputy-point"')[1]
    offered = offered.partition("</select>")[0]
    points = ("p-chair", "p-b", "p-c")
    assert [f'value="{one}"' in offered for one in points] == [True, False, False]
    for point in ("p-b", "p-c"):
        answer = await office.client.put(
            f"{way}/chair",
            json={"point_id": point, "name": ""},
            headers={"x-csrf-token": office.csrf_token},
        )
        assert answer.json()["error"]["code"] == "cannot_lead"
    told = relayed(centre)
    assert (told.chair, "p-c" in (told.invited or ())) == ("p-chair", False)
    headers = {"x-csrf-token": office.csrf_token}
    await office.client.delete(f"{way}/expulsions", params=out, headers=headers)
    assert await press(office, meeting_id, "chair", point_id="p-b", name="") == 303
    assert (await office.post(f"{way}/expulsions", out)).status_code == 409


async def test_of_one_who_hands_over_and_one_who_puts_out_at_once_one_is_told(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    desk, refused = centre.web.part(ChairDesk), []
    removal = Removal(desk.state, desk.changes, desk.now)

    def hand_over() -> None:
        try:
            desk.hand_over(meeting_id, "p-b", "", actor="office")
        except Conflict as exc:
            refused.append(exc.code)

    def put_out() -> None:
        try:
            removal.put_out(meeting_id, Guest("p-b", ParticipantKind.POINT), actor="office")
        except Conflict as exc:
            refused.append(exc.code)

    both = [threading.Thread(target=one) for one in (hand_over, put_out)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(refused) == 1
    assert refused[0] in {"cannot_lead", "chair_stays"}
