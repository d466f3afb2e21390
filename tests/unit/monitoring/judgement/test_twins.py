"""When births show that two machines use one name."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.ids import PointId
from monitoring.judgement.twins import LOOK_BACK, Births

P1, P2 = PointId("p1"), PointId("p2")
T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("runs", "last_is_twin"),
    [
        ("a", False),
        ("aa", False),  # the line was down for a moment
        ("ab", False),  # restarted
        ("abc", False),
        ("abbcc", False),
        ("aba", True),
        ("abab", True),
        ("abca", True),
        ("abaa", False),  # told already; it says nothing new
    ],
)
def test_a_start_that_is_back_after_another_lives_beside_it(runs, last_is_twin):
    births = Births()
    found = [births.are_twins(P1, run, T0 + n * MINUTE) for n, run in enumerate(runs)]
    assert found[-1] is last_is_twin


def test_points_are_kept_apart():
    births = Births()
    found = [births.are_twins(point, run, T0) for point, run in ((P1, "a"), (P2, "b"), (P1, "a"))]
    assert found == [False, False, False]


@pytest.mark.parametrize(("later", "is_twin"), [(LOOK_BACK, True), (LOOK_BACK + MINUTE, False)])
def test_what_was_long_ago_shows_nothing(later, is_twin):
    births = Births()
    births.are_twins(P1, "a", T0)
    births.are_twins(P1, "b", T0 + MINUTE)
    assert births.are_twins(P1, "a", T0 + later) is is_twin
