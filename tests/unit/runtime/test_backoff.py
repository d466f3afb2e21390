"""Waits grow, are capped, and are spread."""

import pytest

from runtime.backoff import Backoff


@pytest.mark.parametrize(
    ("failures", "chance", "expected"),
    [(0, 0, 0.25), (1, 0, 0.25), (2, 0, 0.5), (4, 0, 2.0), (5, 0, 2.0), (10**6, 0, 2.0)],
)
def test_waits_grow_to_the_cap(failures, chance, expected):
    assert Backoff(0.25, 2.0).wait_s(failures, chance) == expected


@pytest.mark.parametrize(("chance", "expected"), [(0.0, 2.0), (0.5, 1.5), (1.0, 1.0)])
def test_jitter_shortens_by_up_to_its_share(chance, expected):
    assert Backoff(1.0, 2.0, jitter=0.5).wait_s(9, chance) == expected
