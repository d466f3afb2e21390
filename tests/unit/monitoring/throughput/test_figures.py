"""From tenths of a second to a rate: the beginning and the broken end are left out."""

import pytest

from monitoring.throughput.figures import Rate, joined, middle_ms, per_minute, rate_of

STEADY = 25_000  # bytes in a tenth of a second: 2 Mbit/s


def test_the_beginning_and_the_last_tenth_say_nothing_of_the_rate():
    bins = [90_000] * 15 + [STEADY] * 30 + [7]
    assert rate_of(bins) == Rate(2_000_000)
    assert rate_of([*bins, 0, 0, 0]) == Rate(2_000_000)
    assert rate_of(bins, was_held_back=True) == Rate(2_000_000, is_at_least=True)


def test_of_a_test_that_was_over_soon_the_later_half_counts_and_the_line_may_be_faster():
    assert rate_of([1_000] * 5 + [STEADY] * 5 + [300]) == Rate(2_000_000, is_at_least=True)


@pytest.mark.parametrize("bins", [[], [0, 0, 0], [STEADY], [STEADY, STEADY, 5]])
def test_of_too_little_nothing_is_said(bins):
    assert rate_of(bins) is None


def test_a_line_that_stood_still_meanwhile_was_slower_for_it():
    bins = [STEADY] * 25 + [0] * 10 + [STEADY] * 10 + [1]
    assert rate_of(bins) == Rate(1_333_333)


def test_connections_are_added_up():
    assert joined([[1, 2, 3], [10], []]) == [11, 2, 3]


def test_round_trips_have_a_median_where_there_are_enough():
    assert middle_ms([10, 500, 30, 20, 40]) == 30
    assert middle_ms([10, 20, 30, 40]) is None
    assert per_minute(120.0) == 500
    assert per_minute(None) is None
