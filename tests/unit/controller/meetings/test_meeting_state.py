"""Every phase with every move, and what the clock does at the boundary."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.meeting_times import closes_at
from controller.meetings.meeting_state import (
    MeetingPhase,
    Move,
    TimedMeeting,
    after,
    due_move,
    first_phase,
    next_due_at,
)

T0 = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
END = T0 + timedelta(hours=1)
TICK = timedelta(microseconds=1)

ALLOWED = {
    (MeetingPhase.DRAFT, Move.SCHEDULE): MeetingPhase.SCHEDULED,
    (MeetingPhase.DRAFT, Move.CANCEL): MeetingPhase.CANCELLED,
    (MeetingPhase.SCHEDULED, Move.BEGIN): MeetingPhase.LIVE,
    (MeetingPhase.SCHEDULED, Move.CANCEL): MeetingPhase.CANCELLED,
    (MeetingPhase.LIVE, Move.END): MeetingPhase.ENDED,
}


@pytest.mark.parametrize("phase", MeetingPhase)
@pytest.mark.parametrize("move", Move)
def test_only_these_moves_exist(phase: MeetingPhase, move: Move) -> None:
    assert after(phase, move) is ALLOWED.get((phase, move))


@pytest.mark.parametrize(
    ("phase", "now", "expected"),
    [
        (MeetingPhase.SCHEDULED, T0 - TICK, None),
        (MeetingPhase.SCHEDULED, T0, Move.BEGIN),
        (MeetingPhase.SCHEDULED, T0 + timedelta(days=3), Move.BEGIN),
        (MeetingPhase.LIVE, END + timedelta(hours=1), None),
        (MeetingPhase.LIVE, closes_at(END) - TICK, None),
        (MeetingPhase.LIVE, closes_at(END), Move.END),
        (MeetingPhase.DRAFT, END + timedelta(days=1), None),
        (MeetingPhase.ENDED, END + timedelta(days=1), None),
        (MeetingPhase.CANCELLED, END + timedelta(days=1), None),
    ],
)
def test_the_clock_moves_at_the_very_instant(
    phase: MeetingPhase, now: datetime, expected: Move | None
) -> None:
    assert due_move(TimedMeeting("m", phase, T0, END), now=now) is expected


@given(st.lists(st.sampled_from(Move), max_size=20))
def test_whatever_is_tried_a_final_meeting_stays_final(tried: list[Move]) -> None:
    phase = MeetingPhase.DRAFT
    for move in tried:
        target = after(phase, move)
        assert target is None or not phase.is_final
        phase = target or phase
    assert phase.is_final == all(after(phase, move) is None for move in Move)


@given(st.sampled_from(MeetingPhase), st.integers(-(10**6), 10**6))
def test_what_is_due_is_what_was_announced(phase: MeetingPhase, offset_s: int) -> None:
    meeting = TimedMeeting("m", phase, T0, END)
    now = T0 + timedelta(seconds=offset_s)
    announced = next_due_at(meeting)
    assert (due_move(meeting, now=now) is not None) == (announced is not None and announced <= now)


@pytest.mark.parametrize(
    ("phase", "now", "expected"),
    [
        (MeetingPhase.SCHEDULED, T0, Move.BEGIN),
        (MeetingPhase.LIVE, END - TICK, None),
        (MeetingPhase.LIVE, END, Move.END),
    ],
)
def test_in_person_the_clock_ends_it_at_its_planned_end(phase, now, expected):
    meeting = TimedMeeting("m", phase, T0, END, is_joined=False)
    assert due_move(meeting, now=now) is expected


@pytest.mark.parametrize(
    ("is_draft", "is_joined", "now", "expected"),
    [
        (True, False, END + TICK, MeetingPhase.DRAFT),
        (False, True, END + TICK, MeetingPhase.SCHEDULED),
        (False, False, END - TICK, MeetingPhase.SCHEDULED),
        (False, False, END, MeetingPhase.ENDED),
    ],
)
def test_what_was_held_in_person_has_ended_from_the_first(is_draft, is_joined, now, expected):
    made = first_phase(is_draft=is_draft, is_joined=is_joined, ends_at=END, now=now)
    assert made is expected
