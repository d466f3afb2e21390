"""Counters to rates: numbers where they are known, None everywhere else."""

import pytest

from monitoring.collectors.counters import Reading, rate_bps, share


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, Reading(1000, 0.0), None),
        (Reading(1000, 0.0), Reading(2000, 1.0), 8000),
        (Reading(1000, 0.0), Reading(1000, 10.0), 0),
        (Reading(4_294_967_000, 0.0), Reading(500, 10.0), None),
        (Reading(1000, 5.0), Reading(2000, 5.0), None),
        (Reading(1000, 6.0), Reading(2000, 5.0), None),
    ],
    ids=["first", "one second", "idle", "reset or wrapped", "no time passed", "time went back"],
)
def test_rate(before, after, expected):
    assert rate_bps(before, after) == expected


@pytest.mark.parametrize(
    ("grown", "expected"), [(1_370_000_00, 1_096_000_000), (138_000_000, None)]
)
def test_a_rate_above_what_the_link_carries_is_no_rate(grown, expected):
    after = Reading(grown, 1.0)
    assert rate_bps(Reading(0, 0.0), after, speed_bps=1_000_000_000) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, (1, 2), None),
        ((10, 100), (35, 200), 0.25),
        ((10, 100), (10, 100), None),
        ((10, 100), (5, 200), None),
        ((0, 100), (101, 200), None),
    ],
)
def test_share(before, after, expected):
    assert share(before, after) == expected
