"""In a discussion each microphone has its own button, and none that was turned off stays so."""

import re
from datetime import timedelta

from contracts.floor import FloorState
from contracts.ids import MeetingId, RelayId
from contracts.participants import ParticipantKind
from contracts.relay import Attendee, MeetingState, RelayState
from controller.meetings.attendance import Attendance
from tests.integration.controller.centre import Centre, Person
from tests.integration.controller.test_over import begun


async def acts(office: Person, meeting_id: str) -> dict[str, str]:
    """Return what the button beside each point does."""
    page = (await office.get(f"/meetings/{meeting_id}")).text
    found = {}
    for seat in page.split('data-testid="seat-')[1:]:
        action = re.search(r'name="action" value="(\w+)"', seat.partition("</li>")[0])
        found[seat.partition('"')[0]] = action[1] if action else ""
    return found


async def test_one_microphone_is_turned_off_and_on_again(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await begun(office, centre)
    attendance, now = centre.web.part(Attendance), centre.time.now()
    attendees = tuple(
        Attendee(
            subject=point,
            participant_kind=ParticipantKind.POINT,
            direction="publish",
            joined_at=now - timedelta(minutes=1),
            is_connected=True,
        )
        for point in ("p-chair", "p-b")
    )
    meeting = MeetingState(
        meeting_id=MeetingId(meeting_id),
        is_forwarding=True,
        floor=FloorState(epoch=0),
        attendees=attendees,
    )
    attendance.note_state(RelayId("relay-1"), RelayState(reported_at=now, meetings=(meeting,)))

    async def press(**fields: str) -> None:
        form = {"csrf_token": office.csrf_token, **fields}
        answer = await office.client.post(f"/meetings/{meeting_id}/floor", data=form)
        assert answer.status_code == 303

    assert await acts(office, meeting_id) == {"p-chair": "", "p-b": "grant"}
    await press(action="mode", mode="discussion")
    assert await acts(office, meeting_id) == {"p-chair": "", "p-b": "mute"}
    await press(action="mute", point_id="p-b")
    assert await acts(office, meeting_id) == {"p-chair": "", "p-b": "unmute"}
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "nơi nào đang mở mic đều nói được" in page
    assert "Ở chế độ thảo luận, mọi điểm cầu đều nói được." not in page
    await press(action="unmute", point_id="p-b")
    await press(action="mute_all")
    page = (await office.get(f"/meetings/{meeting_id}")).text
    last = page.partition('data-testid="last-move"')[2].partition("</div>")[0]
    assert "Đã tắt mic" in last
    assert await acts(office, meeting_id) == {"p-chair": "", "p-b": "unmute"}
    await press(action="mode", mode="one_mic")
    assert await acts(office, meeting_id) == {"p-chair": "", "p-b": "grant"}
