"""Whose word on the floor a room takes: the centre's document, or the relay's where it is newer."""

from datetime import UTC, datetime

import pytest

from agent.room.told_floor import live_of
from contracts.desired import Live
from contracts.floor import FloorMode
from contracts.ids import MeetingId, PointId
from contracts.steering import FloorWord

M1, B, C = MeetingId("m1"), PointId("p-b"), PointId("p-c")
CENTRE = Live(
    leader_epoch=1, generation=4, issued_at=datetime(2026, 11, 29, 8, tzinfo=UTC), meeting_id=M1,
    floor_epoch=5, speaker=B, speaker_name="Xã Bình Yên", is_holder=True, queue_place=0,
    message="Mở micro", chair_name="Phó Chủ tịch",
    speech_began_at=datetime(2026, 11, 29, 8, tzinfo=UTC), speech_s=300,
)  # fmt: skip


def test_what_the_relay_has_said_nothing_of_is_the_centres() -> None:
    assert live_of(CENTRE, None, M1) is CENTRE
    assert live_of(None, None, M1) is None


@pytest.mark.parametrize("epoch", [3, 5])
def test_a_word_that_is_no_newer_changes_nothing(epoch: int) -> None:
    assert live_of(CENTRE, FloorWord(floor_epoch=epoch, speaker=C), M1) is CENTRE


def test_a_newer_word_moves_the_floor_and_leaves_what_else_is_said() -> None:
    found = live_of(CENTRE, FloorWord(floor_epoch=6, speaker=C, speaker_name="Xã Cao Sơn"), M1)
    assert found is not None
    assert (found.floor_epoch, found.speaker, found.speaker_name) == (6, C, "Xã Cao Sơn")
    assert not found.is_holder
    assert (found.speech_began_at, found.speech_s) == (None, None)
    assert (found.message, found.chair_name) == ("Mở micro", "Phó Chủ tịch")


def test_who_still_speaks_keeps_the_name_that_the_centre_said() -> None:
    word = FloorWord(floor_epoch=6, mode=FloorMode.CONFERENCE, speaker=B)
    found = live_of(CENTRE, word, M1)
    assert found is not None
    assert (found.mode, found.speaker_name) == (FloorMode.CONFERENCE, "Xã Bình Yên")


def test_a_room_that_is_given_the_floor_waits_no_more() -> None:
    waiting = Live(
        leader_epoch=1, generation=4, issued_at=CENTRE.issued_at, meeting_id=M1, queue_place=3
    )
    for word, place in (
        (FloorWord(floor_epoch=1, is_holder=True), 0),
        (FloorWord(floor_epoch=1), 3),
    ):
        found = live_of(waiting, word, M1)
        assert found is not None
        assert found.queue_place == place


@pytest.mark.parametrize("live", [None, Live(
    leader_epoch=1, generation=9, issued_at=CENTRE.issued_at, meeting_id=MeetingId("m0"),
    floor_epoch=90, message="của cuộc họp khác",
)])  # fmt: skip
def test_where_the_centre_says_nothing_of_this_meeting_the_relay_does(live: Live | None) -> None:
    found = live_of(live, FloorWord(floor_epoch=2, is_muted=True), M1)
    assert found is not None
    assert (found.meeting_id, found.floor_epoch, found.is_muted) == (M1, 2, True)
    assert found.message == ""
