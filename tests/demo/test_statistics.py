"""Percentiles and gaps at their edges."""

import pytest

from scripts.demo.check import statistics


@pytest.mark.parametrize(
    ("samples", "share", "expected"),
    [([7], 0.95, 7), ([1, 2, 3, 4], 0.5, 2), (range(1, 21), 0.95, 19), (range(1, 101), 1.0, 100)],
)
def test_percentile_is_the_nearest_rank(samples, share, expected):
    assert statistics.percentile(list(samples), share) == expected


def test_percentile_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no samples"):
        statistics.percentile([], 0.5)


@pytest.mark.parametrize(
    ("instants", "expected"), [([], 10), ([5], 5), ([1, 9], 8), ([2, 4, 6, 8], 2), ([-3, 4], 6)]
)
def test_longest_gap_counts_the_edges(instants, expected):
    assert statistics.gap_max(instants, begin=0, end=10) == expected
