"""When a meeting is forwarded, and which of two documents counts."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from contracts.desired import RelayMeeting
from contracts.floor import FloorState
from contracts.ids import MeetingId, PointId
from media.relay.meeting_hours import adopted, has_begun, is_over, next_change
from runtime.clock_trust import Doubt

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
    ("after_begin", "begun", "over"),
    [
        (timedelta(microseconds=-1), False, False),
        (timedelta(0), True, False),
        (timedelta(hours=5), True, False),
        (timedelta(hours=6), True, True),
    ],
)
def test_a_clock_without_doubt_decides(after_begin, begun, over):
    now = BEGIN + after_begin
    assert has_begun(document(), now=now, doubt=None) == begun
    assert is_over(document(), now=now, doubt=None) == over


@pytest.mark.parametrize("doubt", [None, *Doubt])
def test_a_rehearsal_is_over_at_its_end_by_any_clock(doubt):
    echo = msgspec.structs.replace(document(), is_echo=True)
    assert not is_over(echo, now=END - timedelta(microseconds=1), doubt=doubt)
    assert is_over(echo, now=END, doubt=doubt)
    assert next_change(echo, now=BEGIN) == END


@pytest.mark.parametrize("doubt", Doubt)
def test_a_clock_in_doubt_ends_nothing_and_opens_nothing_that_was_over(doubt):
    long_after = BEGIN + timedelta(days=4200)
    assert not is_over(document(), now=long_after, doubt=doubt)
    assert is_over(document(), now=long_after, doubt=doubt, was_over=True)
    assert not is_over(document(), now=BEGIN, doubt=doubt, was_over=True)
    assert is_over(document(has_ended=True), now=BEGIN, doubt=doubt)


@pytest.mark.parametrize("doubt", [None, *Doubt])
def test_only_a_clock_that_was_set_back_lets_forwarding_go_on(doubt):
    before = BEGIN - timedelta(hours=7)
    is_set_back = doubt in (Doubt.LEAPT, Doubt.BEHIND)
    assert has_begun(document(), now=before, doubt=doubt, had_begun=True) == is_set_back
    assert not has_begun(document(), now=before, doubt=doubt)


def test_an_ended_meeting_is_over_at_once():
    meeting = document(has_ended=True)
    assert is_over(meeting, now=BEGIN, doubt=None)
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
