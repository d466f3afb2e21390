"""One train's dispersion to a rate and a confidence."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.reflector.train import MIN_ARRIVED, judge

BYTES, COUNT = 1328, 15


def spread_by(rate_bps, *, count=COUNT, noise_us=0.0, seed=1):
    chance = random.Random(seed)
    step_us = BYTES * 8 / rate_bps * 1e6
    return [max(0, round(i * step_us + chance.uniform(0, noise_us))) for i in range(count)]


@pytest.mark.parametrize("rate_mbps", [0.256, 1, 2, 10, 30])
def test_the_narrowest_hop_shows(rate_mbps):
    verdict = judge(spread_by(rate_mbps * 1e6, noise_us=30), packet_bytes=BYTES, send_span_us=150)
    assert verdict.available_bps == pytest.approx(rate_mbps * 1e6, rel=0.05)
    assert verdict.confidence_ratio > 0.8
    assert verdict.problem == ""


def test_lost_packets_cost_confidence_and_do_not_fake_a_rate():
    arrivals = spread_by(2e6)
    lossy = [None if i % 3 == 1 else at for i, at in enumerate(arrivals)]
    whole = judge(arrivals, packet_bytes=BYTES, send_span_us=150)
    part = judge(lossy, packet_bytes=BYTES, send_span_us=150)
    assert part.confidence_ratio < whole.confidence_ratio
    assert part.available_bps is not None
    assert part.available_bps < 2e6 * 1.01


def test_too_few_arrivals_are_no_verdict():
    arrivals = [*spread_by(1e6, count=MIN_ARRIVED - 1), *[None] * (COUNT - MIN_ARRIVED + 1)]
    verdict = judge(arrivals, packet_bytes=BYTES, send_span_us=150)
    assert (verdict.available_bps, verdict.confidence_ratio) == (None, 0.0)
    assert verdict.problem == "only 4 of 15 packets arrived"


def test_a_train_that_was_not_spread_is_a_lower_bound():
    verdict = judge(spread_by(900e6), packet_bytes=BYTES, send_span_us=200)
    assert verdict.available_bps == pytest.approx(900e6, rel=0.05)
    assert verdict.confidence_ratio <= 0.3
    assert "at least" in verdict.problem


def test_all_at_once_is_no_verdict():
    assert judge([0] * COUNT, packet_bytes=BYTES, send_span_us=100).available_bps is None


def test_after_a_shapers_burst_the_lasting_rate_counts():
    fast = [i * 100 for i in range(8)]
    slow = [700 + i * 5312 for i in range(1, 8)]
    verdict = judge([*fast, *slow], packet_bytes=BYTES, send_span_us=150)
    assert verdict.available_bps == pytest.approx(2e6, rel=0.05)
    assert "burst" in verdict.problem
    assert verdict.confidence_ratio < 0.7


@given(
    st.lists(st.none() | st.integers(0, 2**32 - 2), min_size=1, max_size=30),
    st.floats(0, 1e7, allow_nan=False),
)
def test_any_arrivals_give_a_verdict(arrivals, send_span_us):
    verdict = judge(arrivals, packet_bytes=BYTES, send_span_us=send_span_us)
    assert 0 <= verdict.confidence_ratio <= 1
    assert (verdict.available_bps is not None) or verdict.problem
