"""The simplified E-model beside what ITU-T publishes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.wire.voice_quality import (
    G711,
    G729A,
    OPUS,
    delay_impairment,
    loss_impairment,
    mos,
    mos_of,
)


@pytest.mark.parametrize(
    ("rating", "published"),
    [(90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58), (93.2, 4.41), (0, 1), (100, 4.5)],
)
def test_a_rating_is_the_score_of_annex_b(rating: float, published: float) -> None:
    assert mos_of(rating) == pytest.approx(published, abs=0.01)


def test_delay_is_unnoticed_up_to_100_ms_and_then_costs_as_in_the_recommendation() -> None:
    assert delay_impairment(100) == 0
    assert delay_impairment(200) == pytest.approx(3.04, abs=0.01)
    assert delay_impairment(400) == pytest.approx(24.1, abs=0.05)


def test_loss_costs_by_the_codecs_own_figures() -> None:
    assert loss_impairment(0, G729A) == 11
    # At a loss of Bpl per cent half of what is left is gone.
    assert loss_impairment(0.043, G711) == pytest.approx(47.5)
    assert loss_impairment(0.19, G729A) == pytest.approx(11 + 42)
    assert loss_impairment(0.02, OPUS) < loss_impairment(0.02, G711)


def test_lines_as_they_are_in_the_province() -> None:
    assert mos(loss_ratio=0, rtt_ms=20, jitter_ms=2) == pytest.approx(4.41, abs=0.01)
    assert 3.9 < mos(loss_ratio=0.02, rtt_ms=80, jitter_ms=5) < 4.4
    assert 3.1 < mos(loss_ratio=0.05, rtt_ms=250, jitter_ms=20) < 4.0
    assert mos(loss_ratio=0.3, rtt_ms=900, jitter_ms=60) < 2.0


@given(
    loss=st.floats(0, 1),
    more=st.floats(0, 1),
    rtt_ms=st.floats(0, 20_000),
    jitter_ms=st.none() | st.floats(0, 5_000),
)
def test_it_stays_within_its_scale_and_loss_never_helps(
    loss: float, more: float, rtt_ms: float, jitter_ms: float | None
) -> None:
    low, high = sorted((loss, more))
    better = mos(loss_ratio=low, rtt_ms=rtt_ms, jitter_ms=jitter_ms)
    worse = mos(loss_ratio=high, rtt_ms=rtt_ms, jitter_ms=jitter_ms)
    assert 1 <= worse <= better + 0.01 <= 4.52
