"""Histograms: quantiles of them are right to a twentieth, and adding them has no order."""

import math
import random
from statistics import quantiles as exact

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.line import LAST_BIN
from monitoring import histogram

VALUES = st.floats(0, 120_000, allow_nan=False)
COUNTED = st.lists(st.tuples(VALUES, st.integers(1, 50)), min_size=1, max_size=40)


def of(values):
    found = {}
    for value in values:
        histogram.add(found, {histogram.bin_of(value): 1})
    return found


@given(COUNTED, COUNTED)
def test_two_are_one_in_either_order(some, others):
    one, other = ({histogram.bin_of(v): n for v, n in half} for half in (some, others))
    here, there = dict(one), dict(other)
    histogram.add(here, other)
    histogram.add(there, one)
    assert histogram.encoded(here) == histogram.encoded(there)
    assert histogram.decoded(histogram.encoded(here)) == here


@given(COUNTED)
def test_quantiles_rise_and_stay_between_lowest_and_highest(counted):
    found = {histogram.bin_of(value): count for value, count in counted}
    lowest, highest = min(v for v, _ in counted), max(v for v, _ in counted)
    shown = histogram.quantiles(found, (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0), lowest, highest)
    assert shown == sorted(shown)
    assert lowest <= shown[0] and shown[-1] <= highest


@given(st.lists(st.floats(0.1, 50_000), min_size=1, max_size=60), st.floats(0.01, 1))
def test_a_quantile_is_right_to_a_twentieth_however_values_lie(values, ratio):
    [found] = histogram.quantiles(of(values), (ratio,), min(values), max(values))
    rank = max(1, math.ceil(ratio * len(values)))
    assert found == pytest.approx(sorted(values)[rank - 1], rel=0.0501)


@pytest.mark.parametrize("seed", range(5))
def test_quantiles_are_right_to_a_fortieth_where_values_are_spread_evenly(seed):
    chance = random.Random(seed)
    values = [chance.lognormvariate(3, 0.8) for _ in range(2000)]
    cut = exact(values, n=20, method="inclusive")
    wanted = [cut[1], cut[4], cut[9], cut[14], cut[17]]
    found = histogram.quantiles(of(values), (0.1, 0.25, 0.5, 0.75, 0.9), min(values), max(values))
    assert found == pytest.approx(wanted, rel=0.026)


@given(st.lists(st.floats(0.2, 3000), min_size=1, max_size=3))
def test_up_to_three_probes_are_known_one_by_one(rtts):
    mean = sum(rtts) / len(rtts)
    found = histogram.of_probes(len(rtts), mean, min(rtts), max(rtts))
    wanted = of(rtts)
    assert sum(found.values()) == len(rtts)
    # The middle one comes of a mean, which is rounded: it may be beside its bin.
    for one, other in zip(_flat(found), _flat(wanted), strict=True):
        assert abs(one - other) <= 1


def _flat(counted):
    return [one for one, count in sorted(counted.items()) for _ in range(count)]


@pytest.mark.parametrize(
    ("probe", "wanted"),
    [
        ((0, None, None, None), {}),
        ((3, None, None, None), {}),
        ((0, 5.0, 5.0, 5.0), {}),
        ((2, 0.1, None, None), {0: 2}),
        ((3, 1e9, 0.0, 1e9), {0: 1, LAST_BIN: 2}),
        ((4, 12.0, 9.0, 40.0), {}),
    ],
)
def test_bounds(probe, wanted):
    assert histogram.of_probes(*probe) == wanted
