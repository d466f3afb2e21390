"""What a roll call proposes, and what of it stands once a person has spoken."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from controller.meetings.rollcall.rules import (
    Movement,
    Proposal,
    RollMark,
    RollRow,
    RollState,
    RollTimes,
    Stay,
    counts,
    proposal,
    stay,
)

T0 = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
TIMES = RollTimes(T0, timedelta(minutes=5), until=T0 + timedelta(hours=1), is_heard=True)


def moved(*said: tuple[float, str] | tuple[float, str, str]) -> list[Movement]:
    """Return movements from (minutes after the beginning, kind, direction)."""
    return [
        Movement(one[1], one[2] if len(one) == 3 else "publish", T0 + timedelta(minutes=one[0]))
        for one in said
    ]


@pytest.mark.parametrize(
    ("movements", "expected"),
    [
        (moved((-3, "joined")), Proposal(RollState.PRESENT)),
        (moved((5, "joined")), Proposal(RollState.PRESENT)),
        (moved((5.02, "joined")), Proposal(RollState.LATE, 5)),
        (moved((12.5, "joined"), (30, "left")), Proposal(RollState.LATE, 12)),
        (moved(), Proposal(RollState.ABSENT)),
        (moved((-9, "joined"), (-2, "left")), Proposal(RollState.ABSENT)),
        (moved((-9, "joined"), (-2, "left"), (8, "joined")), Proposal(RollState.LATE, 8)),
        (moved((-9, "joined"), (-1, "cut"), (1, "back")), Proposal(RollState.PRESENT)),
        (moved((61, "joined")), Proposal(RollState.ABSENT)),
        (moved((-3, "left"), (-1, "joined", "play")), Proposal(RollState.PRESENT)),
    ],
)
def test_the_log_speaks_for_one_state(movements: list[Movement], expected: Proposal | None) -> None:
    assert proposal(stay(movements, TIMES), TIMES) == expected


@pytest.mark.parametrize(
    ("minutes", "movements", "expected"),
    [
        (-1, moved(), None),
        (-1, moved((-4, "joined")), Proposal(RollState.PRESENT)),
        (-1, moved((-4, "joined"), (-2, "left")), None),
        (5, moved(), None),
        (5.02, moved(), Proposal(RollState.ABSENT)),
    ],
)
def test_nobody_is_absent_before_the_grace_is_over(
    minutes: float, movements: list[Movement], expected: Proposal | None
) -> None:
    times = replace(TIMES, until=T0 + timedelta(minutes=minutes))
    assert proposal(stay(movements, times), times) == expected


def test_where_nothing_was_heard_nobody_is_said_to_be_absent() -> None:
    times = replace(TIMES, is_heard=False)
    assert proposal(Stay(), times) is None


def test_a_stay_ends_with_the_last_of_its_sessions() -> None:
    both = moved((-3, "joined"), (-3, "joined", "play"), (20, "left"), (25, "left", "play"))
    assert stay(both, TIMES) == Stay(both[0].happened_at, T0, both[3].happened_at)
    assert stay(both[:3], TIMES).is_in


PRESENT, LATE = Proposal(RollState.PRESENT), Proposal(RollState.LATE, 20)
ABSENT = Proposal(RollState.ABSENT)


@pytest.mark.parametrize(
    ("mark", "now_proposed", "expected"),
    [
        (RollMark(RollState.ABSENT, proposed="absent"), LATE, True),
        (RollMark(RollState.ABSENT, proposed="absent"), ABSENT, False),
        (RollMark(RollState.PRESENT, proposed="absent"), ABSENT, False),
        (RollMark(RollState.PRESENT), ABSENT, True),
        (RollMark(RollState.PRESENT), PRESENT, False),
        (RollMark(RollState.SUBSTITUTE), PRESENT, False),
        (RollMark(RollState.SUBSTITUTE), ABSENT, True),
        (RollMark(RollState.UNCALLED), LATE, False),
        (RollMark(RollState.ABSENT, proposed="absent"), None, False),
        (None, LATE, False),
    ],
)
def test_what_has_changed_since_is_known_and_the_word_stands(
    mark: RollMark | None, now_proposed: Proposal | None, expected: bool
) -> None:
    row = RollRow("p-b", Stay(), now_proposed, mark)
    assert row.is_overtaken is expected
    assert row.state is (mark.state if mark else RollState.UNCALLED)


def test_people_are_added_up_and_who_did_not_count_is_said() -> None:
    said = (
        RollMark(RollState.PRESENT, heads=12),
        RollMark(RollState.LATE),
        RollMark(RollState.SUBSTITUTE, heads=0),
        RollMark(RollState.ABSENT, heads=9),
        None,
    )
    counted = counts(RollRow(str(n), Stay(), PRESENT, mark) for n, mark in enumerate(said))
    assert (counted.invited, counted.heads, counted.heads_unknown, counted.proposed) == (
        5,
        12,
        1,
        1,
    )
    assert list(counted.by_state.values()) == [1, 1, 1, 1, 1]
