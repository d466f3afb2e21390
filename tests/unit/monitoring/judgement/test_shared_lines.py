"""Lines that points share are learned from cuts that coincide, and not from one alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import PointId
from monitoring.judgement.shared_lines import MOST_AT_ONCE, SharedLine, shared_lines

T0 = datetime(2026, 9, 3, 4, 5, tzinfo=UTC)


def cuts(*moments: str, apart_s: float = 0) -> list[tuple[PointId, datetime]]:
    """Return the cuts of moments an hour apart, each the letters of its points."""
    return [
        (PointId(name), T0 + timedelta(hours=hour, seconds=place * apart_s))
        for hour, names in enumerate(moments)
        for place, name in enumerate(names)
    ]


def line(names: str, times: int) -> SharedLine:
    return SharedLine(tuple(PointId(one) for one in names), times)


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        (("ab",), []),
        (("ab", "ab"), [line("ab", 2)]),
        (("ab", "a", "ba", "b"), [line("ab", 2)]),
        # Together twice, and a alone eleven times: b is always cut with it.
        (("ab", "ab", *"a" * 11), [line("ab", 2)]),
        (("ab", "ab", *"a" * 3, *"b" * 3), []),
        (("abc", "ab", "bc"), [line("abc", 3)]),
        (("ab", "cd", "ab", "cd", "cd"), [line("ab", 2), line("cd", 3)]),
    ],
)
def test_points_share_a_line_that_are_cut_together_again(moments, expected):
    assert shared_lines(cuts(*moments)) == expected


@pytest.mark.parametrize(("apart_s", "expected"), [(60, [line("ab", 2)]), (61, [])])
def test_a_moment_is_a_minute(apart_s, expected):
    assert shared_lines(cuts("ab", "ab", apart_s=apart_s)) == expected


def test_what_takes_very_many_is_no_line_of_theirs():
    names = [PointId(f"p-{number}") for number in range(MOST_AT_ONCE + 1)]
    fell = [(name, T0 + timedelta(hours=hour)) for hour in range(3) for name in names]
    assert shared_lines(fell) == []
    assert len(shared_lines(fell[:60] + fell[61:121])[0].points) == 60


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 900)), max_size=40))
def test_in_whichever_order_cuts_come_the_same_is_learned_and_no_point_twice(drawn):
    given_cuts = [(PointId(name), T0 + timedelta(seconds=20 * at)) for name, at in drawn]
    found = shared_lines(given_cuts)
    assert shared_lines(reversed(given_cuts)) == found
    points = [one for line_ in found for one in line_.points]
    assert len(points) == len(set(points))
    assert all(len(one.points) > 1 and one.times > 1 for one in found)
