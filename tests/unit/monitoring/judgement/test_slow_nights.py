"""Three nights in a row: no line is blamed for one of them, or for a test that was too short."""

from datetime import datetime

import pytest

from contracts.local_days import ZONE
from monitoring.judgement.slow_nights import TestedRate, slow_for_nights

MBPS = 1_000_000


def at(day: int, hour: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, 10, tzinfo=ZONE)


def slow(day: int, down: int = 18, hour: int = 23, *, is_at_least: bool = False) -> TestedRate:
    return TestedRate(at(day, hour), down * MBPS, 5 * MBPS, is_at_least)


THREE = (slow(25), slow(26, 21), slow(28, 17, 2))  # the last after midnight: the 27th's


@pytest.mark.parametrize(
    ("tested", "expected"),
    [
        (THREE, 21 * MBPS),
        (THREE[:2], None),
        ((*THREE, slow(27, 26)), None),  # half of the contract, and above: the best of a night
        ((slow(24, 49), *THREE), 21 * MBPS),  # the last three count
        ((slow(25), slow(26), slow(27, is_at_least=True)), None),
        ((TestedRate(at(25)), TestedRate(at(26)), TestedRate(at(27))), None),
    ],
)
def test_a_line_is_slow_where_all_of_the_last_three_nights_say_so(tested, expected):
    assert slow_for_nights(tested, 50 * MBPS, 0.5) == expected


def test_the_quicker_way_counts_since_the_contract_does_not_say_which_it_is_of():
    nights = [TestedRate(at(day), 5 * MBPS, 30 * MBPS) for day in (25, 26, 27)]
    assert slow_for_nights(nights, 50 * MBPS, 0.5) is None
    assert slow_for_nights(nights, 61 * MBPS, 0.5) == 30 * MBPS
