"""Three nights in a row: no line is blamed for one of them, or for a test that was too short."""

from datetime import datetime

import pytest

from contracts.local_days import ZONE
from monitoring.judgement.contracted import Beside, Contracted
from monitoring.judgement.slow_nights import SlowNights, TestedRate, WayRate, slow_for_nights

MBPS = 1_000_000
BY_ONE = Contracted.one_figure(50 * MBPS)


def at(day: int, hour: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, 10, tzinfo=ZONE)


def rates(day: int, down: int, up: int, hour: int = 23, **of: bool) -> TestedRate:
    return TestedRate(at(day, hour), WayRate(down * MBPS, **of), WayRate(up * MBPS, **of))


def slow(day: int, down: int = 18, hour: int = 23, **of: bool) -> TestedRate:
    return rates(day, down, 5, hour, **of)


THREE = (slow(25), slow(26, 21), slow(28, 17, 2))  # the last after midnight: the 27th's


@pytest.mark.parametrize(
    ("tested", "expected"),
    [
        (THREE, (3, 21)),
        (THREE[:2], None),
        ((*THREE, slow(27, 26)), None),  # half of the contract, and above: the best of a night
        ((*THREE, slow(27, 24)), (4, 24)),
        ((slow(24, 49), *THREE), (3, 21)),  # the last three count
        ((slow(25), slow(26), slow(27, is_at_least=True)), None),
        ((TestedRate(at(25)), TestedRate(at(26)), TestedRate(at(27))), None),
    ],
)
def test_a_line_is_slow_where_all_of_the_last_three_nights_say_so(tested, expected):
    found = slow_for_nights(tested, BY_ONE, 0.5)
    if expected is None:
        assert found is None
    else:
        tests, best = expected
        assert found == SlowNights(tests, (Beside("", best * MBPS, 50 * MBPS),))


def test_of_one_figure_the_quicker_way_counts_since_nobody_says_which_it_is_of():
    nights = [rates(day, 5, 30) for day in (25, 26, 27)]
    assert slow_for_nights(nights, BY_ONE, 0.5) is None
    found = slow_for_nights(nights, Contracted.one_figure(61 * MBPS), 0.5)
    assert found == SlowNights(3, (Beside("", 30 * MBPS, 61 * MBPS),))


@pytest.mark.parametrize(
    ("sold", "slow_ways"),
    [
        ((30, 30), ("down",)),  # 5 of 30 down, 30 of 30 up
        ((6, 50), ("up",)),
        ((40, 60), ("down", "up")),
        ((6, 37), ()),
    ],
)
def test_each_way_is_held_against_its_own_speed(sold, slow_ways):
    nights = [rates(day, 5, 30) for day in (25, 26, 27)]
    found = slow_for_nights(nights, Contracted(sold[0] * MBPS, sold[1] * MBPS), 0.8)
    assert tuple(one.way for one in (found.ways if found else ())) == slow_ways


def test_a_way_that_says_at_least_is_not_blamed_and_clears_no_other():
    nights = [
        TestedRate(at(day), WayRate(9 * MBPS), WayRate(2 * MBPS, is_at_least=day == 26))
        for day in (25, 26, 27)
    ]
    found = slow_for_nights(nights, Contracted(40 * MBPS, 20 * MBPS), 0.8)
    assert found == SlowNights(3, (Beside("down", 9 * MBPS, 40 * MBPS),))


def test_a_way_that_was_measured_in_two_nights_only_is_not_blamed():
    nights = [
        TestedRate(at(day), None if day == 26 else WayRate(9 * MBPS), WayRate(19 * MBPS))
        for day in (25, 26, 27)
    ]
    assert slow_for_nights(nights, Contracted(40 * MBPS, 20 * MBPS), 0.8) is None
