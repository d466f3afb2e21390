"""The line as it is now: what has just begun, what is over, what is an accident."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitoring.judgement.health import LineWindow
from monitoring.judgement.line import LineSample, line_now, with_ways

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)
STEP = timedelta(seconds=10)
LIMIT = 0.025


def samples(*lost, rtt_ms=20.0, jitter_ms=1.0):
    """Three probes every ten seconds, of which so many were lost."""
    return [LineSample(T0 + n * STEP, 3, 3 - one, rtt_ms, jitter_ms) for n, one in enumerate(lost)]


def judged(found):
    return line_now(found, found[-1].at)


def test_nothing_measured_is_nothing_known():
    assert line_now([], T0) == LineWindow()


def test_a_steady_line_is_what_its_samples_say():
    assert judged(samples(0, 0, 1, 0, 0)) == LineWindow(15, 14, rtt_ms=20, jitter_ms=1)


def test_after_an_outage_the_loss_is_over_within_a_minute_and_stays_so():
    outage = [0] * 20 + [3] * 18
    losses = [judged(samples(*outage, *[0] * clean)).loss_ratio for clean in range(1, 30)]
    over = next(n for n, loss in enumerate(losses, start=1) if loss == 0)
    assert over <= 6
    assert all(loss == 0 for loss in losses[over - 1 :])
    # One probe that is lost later does not bring it back.
    assert judged(samples(*outage, *[0] * 20, 1)).loss_ratio == pytest.approx(1 / 63)


@pytest.mark.parametrize(("percent", "within_s"), [(5, 400), (8, 250)])
def test_a_repaired_line_is_said_to_be_good_within_minutes(percent, within_s):
    chance = random.Random(7)
    lossy = [sum(chance.random() < percent / 100 for _ in range(3)) for _ in range(60)]
    clean = 0
    while judged(samples(*lossy, *[0] * clean)[-60:]).loss_ratio > LIMIT:
        clean += 1
    assert clean * 10 <= within_s


def test_a_loss_that_has_just_begun_is_not_diluted_by_the_good_time_before():
    begun = samples(*[0] * 50, *[1, 0, 0] * 4)
    assert judged(begun).loss_ratio > 2 * LIMIT
    assert sum(one.lost for one in begun) / 186 < LIMIT


@pytest.mark.parametrize("seed", range(5))
def test_a_line_that_loses_one_in_two_hundred_is_no_problem(seed):
    chance = random.Random(seed)
    day = [sum(chance.random() < 0.005 for _ in range(3)) for _ in range(2000)]
    windows = (judged(samples(*day[end - 60 : end])) for end in range(60, len(day), 3))
    said = [window.loss_ratio > LIMIT for window in windows]
    assert sum(said) / len(said) < 0.02


def test_a_slow_line_shows_once_the_last_minutes_are_slow():
    found = samples(*[0] * 50) + [
        LineSample(T0 + n * STEP, 3, 3, 250.0, 77.0) for n in range(50, 62)
    ]
    assert (judged(found).rtt_ms, judged(found).jitter_ms) == (250.0, 77.0)
    # One slow report among many is none.
    assert judged(found[:51]).rtt_ms == 20.0


def test_a_loss_is_parted_as_the_directions_lost():
    line = LineWindow(100, 95)
    assert with_ways(line, 0.03, 0.01) == replace(
        line, loss_up_ratio=pytest.approx(0.0375), loss_down_ratio=pytest.approx(0.0125)
    )
    for up_ratio, down_ratio in ((None, None), (0.0, 0.0)):
        assert with_ways(line, up_ratio, down_ratio) == line
    assert with_ways(LineWindow(), 0.1, 0.1) == LineWindow()


def test_ten_probes_a_second_end_no_loss_within_half_a_minute():
    """Losses come in runs: a cut of ten seconds every minute is a loss all the time."""
    found = [
        LineSample(T0 + n * STEP, 100, 40 if n % 3 == 0 else 100, 20.0, 1.0) for n in range(30)
    ]
    assert all(line_now(found[:n], found[n - 1].at).loss_ratio > LIMIT for n in range(4, 30))
