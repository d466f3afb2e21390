"""A room's own button puts the point into the queue for the floor, and takes it out."""

from datetime import timedelta

from contracts.ids import MeetingId, RelayId
from contracts.participants import ParticipantKind
from contracts.relay import RelayEvent
from controller.db.engine import writing
from controller.meetings import event_queries, room_hands
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_speakers_queue import meeting, press, screens, waiting


def pressed(
    centre: Centre, meeting_id: str, point: str, *, seq: int, kind: str = "hand_up"
) -> bool:
    """Let a relay tell of a room's press; return whether the queue is another now."""
    now = centre.web.now()
    event = RelayEvent(
        started_at=now - timedelta(hours=1),
        seq=seq,
        happened_at=now + timedelta(minutes=seq - 10),  # the last: by a clock that is ahead
        meeting_id=MeetingId(meeting_id),
        kind=kind,  # type: ignore[arg-type]
        subject=point,
        participant_kind=ParticipantKind.POINT,
    )
    with writing(centre.web.state) as session:
        is_new = event_queries.record_from_relay(session, RelayId("relay-1"), event, now=now)
        return is_new and room_hands.follow(session, event, now=now)


async def test_a_press_gives_a_place_that_the_rooms_screen_says(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    assert pressed(centre, meeting_id, "p-c", seq=1)
    assert pressed(centre, meeting_id, "p-b", seq=11)
    assert not pressed(centre, meeting_id, "p-b", seq=3)  # as before
    assert waiting(centre, meeting_id) == ["p-c", "p-b"]
    told = screens(centre)
    places = {name: told[f"dc/point/{name}/live"].queue_place for name in ("p-b", "p-c", "p-chair")}
    assert places == {"p-b": 2, "p-c": 1, "p-chair": 0}
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "Mời Xã C phát biểu<kbd" in page
    assert "Xã C xin phát biểu tại phòng" in page

    assert pressed(centre, meeting_id, "p-c", seq=4, kind="hand_down")
    assert waiting(centre, meeting_id) == ["p-b"]
    assert screens(centre)["dc/point/p-b/live"].queue_place == 1
    assert "Xã C thôi xin phát biểu" in (await office.get(f"/meetings/{meeting_id}/log")).text


async def test_who_may_not_wait_does_not(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    await press(office, meeting_id, "floor", action="grant", point_id="p-b")
    for seq, point in enumerate(("p-chair", "p-b", "p-nobody", "<b>", ""), start=1):
        assert not pressed(centre, meeting_id, point, seq=seq)
    assert waiting(centre, meeting_id) == []
    assert pressed(centre, meeting_id, "p-c", seq=6)
    assert not pressed(centre, meeting_id, "p-c", seq=6)  # told twice by the relay
    await press(office, meeting_id, "floor", action="grant", point_id="p-c")
    assert waiting(centre, meeting_id) == []
    assert screens(centre)["dc/point/p-c/live"].queue_place == 0
    assert (await office.post(f"/api/v1/meetings/{meeting_id}/end")).status_code == 200
    assert not pressed(centre, meeting_id, "p-b", seq=7)
    assert not pressed(centre, "m-nobody", "p-b", seq=8)
