"""Whether who waits could be seen and heard at once."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.participants import ParticipantKind
from contracts.relay import Attendee
from contracts.reports import DeviceState, RoomSection
from controller.meetings.readiness import Lack, Readiness, Ready, ready

AT = datetime(2026, 11, 28, 8, tzinfo=UTC)
OPEN = DeviceState(state="open", name="BRIO")
MISSING = DeviceState(state="missing")
GOOD_ROOM = RoomSection(camera=OPEN, microphone=OPEN)


def session(**values: Any) -> Attendee:
    facts: dict[str, Any] = {"direction": "publish", "is_connected": True, "sends": ("video",)}
    return Attendee(
        subject="xa-a",
        joined_at=AT,
        participant_kind=ParticipantKind.POINT,
        **(facts | values),
    )


@pytest.mark.parametrize(
    ("sessions", "room", "expected"),
    [
        ([session()], GOOD_ROOM, Ready(Readiness.READY, (), OPEN, OPEN)),
        ([], GOOD_ROOM, Ready(Readiness.NOT_READY, (Lack.NOT_IN,))),
        ([session(direction="play")], GOOD_ROOM, Ready(Readiness.NOT_READY, (Lack.NOT_IN,))),
        (
            [session()],
            RoomSection(camera=OPEN, microphone=MISSING),
            Ready(Readiness.NOT_READY, (Lack.NO_MICROPHONE,), MISSING, OPEN),
        ),
        (
            [session(sends=(), loss_ratio=0.05)],
            RoomSection(camera=MISSING, microphone=OPEN),
            Ready(Readiness.AT_RISK, (Lack.NO_PICTURE, Lack.BAD_LINE), OPEN, MISSING),
        ),
        ([session()], None, Ready(Readiness.UNKNOWN, (Lack.MICROPHONE_UNKNOWN,))),
        ([session(sends=("audio", "video"))], None, Ready(Readiness.READY)),
        ([session(sends=None, rtt_ms=799.0)], GOOD_ROOM, Ready(Readiness.READY, (), OPEN, OPEN)),
    ],
)
def test_a_point_is_judged_by_its_line_its_room_and_what_arrives(
    sessions: list[Attendee], room: RoomSection | None, expected: Ready
) -> None:
    assert ready(sessions, room, is_person=False) == expected


def test_sound_that_arrives_proves_a_microphone_that_was_missing_before() -> None:
    room = RoomSection(camera=OPEN, microphone=MISSING)
    assert ready([session(sends=("audio", "video"))], room, is_person=False).lacks == ()


def test_a_person_has_no_room_and_is_not_asked_for_one() -> None:
    assert ready([session()], None, is_person=True) == Ready(Readiness.READY)
