"""Who waits for the floor, and how many of the people who take part the floor knows."""

from datetime import UTC, datetime

import pytest

from contracts import floor_request
from contracts.errors import FloorError
from contracts.floor import MAX_PEOPLE, FloorMode, FloorState
from contracts.floor_request import FloorAction, FloorRequest, Participants, with_people
from contracts.ids import MeetingId, PointId, RelayId
from contracts.participants import ParticipantKind
from contracts.relay import Attendee, MeetingState, RelayState
from controller.meetings.api_hand import changes
from controller.meetings.attendance import Attendance
from controller.meetings.queue import present_of

M1 = MeetingId("m1")
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
LAN, HA = "person:lan", "person:ha"
CHAIR = PointId("ubnd")
SEATS = Participants(CHAIR, frozenset((CHAIR, PointId("xa-a"))))


def in_meeting(*names: str, direction: str = "publish", is_connected: bool = True) -> Attendance:
    attendees = tuple(
        Attendee(subject=one, direction=direction, joined_at=NOW, is_connected=is_connected,  # type: ignore[arg-type]
                 participant_kind=ParticipantKind.PERSON)
        for one in names
    )  # fmt: skip
    state = MeetingState(
        meeting_id=M1, is_forwarding=True, floor=FloorState(epoch=1), attendees=attendees
    )
    attendance = Attendance()
    attendance.note_state(RelayId("r"), RelayState(reported_at=NOW, meetings=(state,)))
    return attendance


def test_a_point_that_was_cut_off_keeps_its_place_and_a_person_who_left_does_not() -> None:
    waiting = {LAN: NOW, "xa-a": NOW, HA: NOW}
    assert list(present_of(waiting, {HA})) == ["xa-a", HA]


def test_changes_of_a_hand_are_counted() -> None:
    taken = [changes.take("lan", now_s=1.0) for _ in range(7)]
    assert taken == [True] * 6 + [False]


def test_only_who_publishes_takes_part() -> None:
    assert in_meeting("lan", "ha").people(M1) == {LAN, HA}
    assert in_meeting("lan", direction="play").people(M1) == frozenset()
    assert in_meeting("lan", is_connected=False).people(M1) == frozenset()
    crowd = in_meeting(*(f"p{number}" for number in range(MAX_PEOPLE + 1)))
    assert len(crowd.people(M1)) == MAX_PEOPLE


def test_a_person_is_given_the_floor_while_in_and_can_still_lose_it_after() -> None:
    wanted = FloorRequest(FloorAction.GRANT, LAN)
    idle = FloorState(epoch=1, mode=FloorMode.ONE_MIC)
    with pytest.raises(FloorError):
        floor_request.applied(idle, wanted, with_people(SEATS, idle, frozenset()), undo=None)
    given = floor_request.applied(
        idle, wanted, with_people(SEATS, idle, frozenset((LAN,))), undo=None
    )
    assert given.speaker == LAN
    left = with_people(SEATS, given, frozenset())
    taken = floor_request.applied(given, FloorRequest(FloorAction.WITHDRAW, LAN), left, undo=None)
    assert taken.holders == ()
    assert (
        floor_request.refusal_vi(idle, wanted, SEATS) == "Người này hiện không tham gia cuộc họp."
    )
