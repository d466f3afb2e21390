"""A meeting on several relays is one: all who are in are counted, and each once."""

from datetime import UTC, datetime, timedelta

from contracts.floor import FloorMode, FloorState
from contracts.ids import MeetingId, PointId, RelayId
from contracts.participants import ParticipantKind
from contracts.relay import MAX_OUTSIDE, Attendee, MeetingState, Outside, RelayState
from controller.meetings.attendance import Attendance

T0 = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
HOME, OUTER = RelayId("relay-1"), RelayId("relay-2")
MEETING = MeetingId("m1")
POINT, PERSON = ParticipantKind.POINT, ParticipantKind.PERSON


def attendee(
    subject: str,
    kind: ParticipantKind = POINT,
    *,
    joined_s: int = 0,
    is_connected: bool = True,
) -> Attendee:
    return Attendee(
        subject=subject,
        participant_kind=kind,
        direction="publish",
        joined_at=T0 + timedelta(seconds=joined_s),
        is_connected=is_connected,
    )


def state(*attendees: Attendee, epoch: int = 0, trunks: tuple[RelayId, ...] = ()) -> RelayState:
    floor = FloorState(epoch=epoch, mode=FloorMode.DISCUSSION)
    meeting = MeetingState(
        MEETING, is_forwarding=epoch > 0, floor=floor, attendees=attendees, trunks=trunks
    )
    return RelayState(reported_at=T0, meetings=(meeting,))


def subjects(attendance: Attendance) -> list[str]:
    found = attendance.meeting_state(MEETING)
    assert found is not None
    return sorted(one.subject for one in found.attendees)


def of(home: RelayState | None, outer: RelayState | None) -> Attendance:
    attendance = Attendance({OUTER})
    # The outer one spoke first: that says nothing of whose word counts.
    for relay_id, said in ((OUTER, outer), (HOME, home)):
        if said is not None:
            attendance.note_state(relay_id, said)
    return attendance


def test_who_is_at_either_relay_is_in_the_one_meeting() -> None:
    home = state(
        attendee("p-chair"),
        attendee("lan", PERSON),
        epoch=3,
    )
    outer = state(attendee("p-b"))
    attendance = of(home, outer)
    assert subjects(attendance) == ["lan", "p-b", "p-chair"]
    assert attendance.people(MEETING) == {"person:lan"}
    found = attendance.meeting_state(MEETING)
    assert found is not None
    assert (found.floor.epoch, found.is_forwarding) == (3, True), "the home says how it stands"


def test_without_the_home_the_outer_relay_tells_who_is_in() -> None:
    assert subjects(of(None, state(attendee("p-b")))) == ["p-b"]
    assert Attendance({OUTER}).meeting_state(MEETING) is None


def test_of_a_point_that_has_moved_the_session_counts_that_is_connected_and_newer() -> None:
    old = attendee("p-b", is_connected=False, joined_s=9)
    new = attendee("p-b", joined_s=5)
    for home, outer in ((state(old), state(new)), (state(new), state(old))):
        found = of(home, outer).meeting_state(MEETING)
        assert found is not None
        assert found.attendees == (new,)
    later = attendee("p-b", joined_s=7)
    found = of(state(new), state(later)).meeting_state(MEETING)
    assert found is not None
    assert found.attendees == (later,)


def test_of_speakers_the_home_alone_is_asked() -> None:
    home = RelayState(
        reported_at=T0,
        meetings=(MeetingState(MEETING, True, FloorState(epoch=1), speakers=(PointId("p-b"),)),),
    )
    assert of(home, state()).speakers(MEETING) == ("p-b",)


def test_a_relay_that_only_its_home_has_is_there() -> None:
    attendance = of(state(trunks=(OUTER,)), None)
    assert (attendance.is_online(OUTER), attendance.is_there(OUTER)) == (False, True)
    assert not of(state(), None).is_there(OUTER)


def waits(*outside: Outside) -> RelayState:
    meeting = MeetingState(MEETING, is_forwarding=True, floor=FloorState(epoch=1), outside=outside)
    return RelayState(reported_at=T0, meetings=(meeting,))


def test_whoever_waits_at_an_outer_relay_waits_outside_the_one_meeting() -> None:
    late, early = T0 + timedelta(seconds=9), T0 + timedelta(seconds=3)
    home = waits(Outside("p-b", late), Outside("lan", late, PERSON))
    outer = waits(Outside("p-b", early), Outside("p-c", T0))
    found = of(home, outer).meeting_state(MEETING)
    assert found is not None
    assert found.outside == (
        Outside("p-c", T0),
        Outside("p-b", early),
        Outside("lan", late, PERSON),
    )


def test_of_those_who_wait_as_many_as_a_state_may_hold_are_shown_the_first_of_them() -> None:
    home = waits(*(Outside(f"p-{one}", T0 + timedelta(seconds=one)) for one in range(MAX_OUTSIDE)))
    found = of(home, waits(Outside("first", T0 - timedelta(seconds=1)))).meeting_state(MEETING)
    assert found is not None
    assert len(found.outside) == MAX_OUTSIDE
    assert [one.subject for one in found.outside[:2]] == ["first", "p-0"]
