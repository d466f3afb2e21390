"""When a meeting is forwarded, and which of two documents counts."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.desired import RelayMeeting
from contracts.floor import FloorState
from contracts.ids import MeetingId, PointId
from media.relay.meeting_hours import adopted, is_forwarding, is_joinable, is_over, next_change

BEGIN = datetime(2026, 11, 24, 1, tzinfo=UTC)
END = BEGIN + timedelta(hours=2)


def document(*, leader_epoch=1, generation=1, floor_epoch=1, has_ended=False):
    return RelayMeeting(
        leader_epoch=leader_epoch,
        generation=generation,
        issued_at=BEGIN,
        meeting_id=MeetingId("m1"),
        begins_at=BEGIN,
        ends_at=END,
        chair=PointId("p-chair"),
        invited=(PointId("p-chair"),),
        floor=FloorState(epoch=floor_epoch),
        has_ended=has_ended,
    )


@pytest.mark.parametrize(
    ("after_begin", "joinable", "forwarding", "over"),
    [
        (timedelta(minutes=-5, microseconds=-1), False, False, False),
        (timedelta(minutes=-5), True, False, False),
        (timedelta(microseconds=-1), True, False, False),
        (timedelta(0), True, True, False),
        (timedelta(hours=5), True, True, False),
        (timedelta(hours=6), False, False, True),
    ],
)
def test_the_clock_decides(after_begin, joinable, forwarding, over):
    now = BEGIN + after_begin
    meeting = document()
    assert is_joinable(meeting, now=now) == joinable
    assert is_forwarding(meeting, now=now) == forwarding
    assert is_over(meeting, now=now) == over


def test_an_ended_meeting_is_over_at_once():
    meeting = document(has_ended=True)
    assert is_over(meeting, now=BEGIN)
    assert not is_forwarding(meeting, now=BEGIN)
    assert next_change(meeting, now=BEGIN) is None


def test_the_next_change_is_begin_then_end():
    meeting = document()
    assert next_change(meeting, now=BEGIN - timedelta(days=1)) == BEGIN
    assert next_change(meeting, now=BEGIN) == END + timedelta(hours=4)
    assert next_change(meeting, now=END + timedelta(hours=4)) is None


@pytest.mark.parametrize(
    ("pair", "is_taken"),
    [((1, 2), True), ((2, 0), True), ((1, 1), False), ((0, 9), False), ((1, 0), False)],
)
def test_a_document_counts_by_its_pair(pair, is_taken):
    old = document()
    new = document(leader_epoch=pair[0], generation=pair[1], has_ended=True)
    assert adopted(new, old).has_ended == is_taken


def test_the_floor_counts_by_its_epoch_whatever_the_document_is():
    moved_here = document(floor_epoch=7)
    assert adopted(document(generation=2, floor_epoch=3), moved_here).floor.epoch == 7
    assert adopted(document(generation=0, floor_epoch=9), moved_here).floor.epoch == 9
    assert adopted(document(generation=0, floor_epoch=9), moved_here).generation == 1
