"""What is lost by chance is no congestion, and what is lost of too much is."""

import random

import pytest

from media.sfu.loss_bound import LossBound


def noted(bound, ratio, *, seconds, packets_per_s, sent_bps=300e3, seed=1):
    """Lose packets by chance, in reports of 50 ms; return how often the rate was bounded."""
    chance, times = random.Random(seed), 0
    for step in range(seconds * 20):
        count = packets_per_s // 20
        lost = sum(chance.random() < ratio for _ in range(count))
        bound.noted(count - lost, lost, sent_bps, now=step / 20)
        times += bound.bps is not None
    return times


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("packets_per_s", [60, 120, 400])
@pytest.mark.parametrize("ratio", [0.02, 0.05])
def test_a_line_that_loses_a_twentieth_by_chance_is_not_bounded(ratio, packets_per_s, seed):
    bound = LossBound()
    assert noted(bound, ratio, seconds=120, packets_per_s=packets_per_s, seed=seed) <= 120


@pytest.mark.parametrize("packets_per_s", [60, 120, 400])
def test_what_is_lost_of_far_too_much_bounds_within_two_seconds(packets_per_s):
    bound = LossBound()
    noted(bound, 0.6, seconds=2, packets_per_s=packets_per_s)
    assert bound.bps is not None
    assert bound.bps < 0.95 * 300e3
