"""When an engine is said not to keep up."""

from itertools import pairwise

import pytest

from media.sfu.ladder import Rung
from media.sfu.load import WINDOW_S, Load
from media.sfu.shedding import CALM_S


def loaded(*, lag_s, busy_ratio, seconds=WINDOW_S, per_s=10):
    load = Load(lag_limit_s=0.1)
    for tick in range(int(seconds * per_s) + 1):
        load.ticked(lag_s, cpu_s=tick / per_s * busy_ratio, now_s=100 + tick / per_s)
    return load


@pytest.mark.parametrize(
    ("lag_s", "busy_ratio", "is_over"),
    [
        (0.11, 0.75, True),
        (0.1, 0.75, False),  # late, but within the limit
        (0.5, 0.6, False),  # the machine stood still: not our work
        (0.01, 1.0, False),  # busy, and everybody in time
    ],
)
def test_it_is_over_where_our_own_work_makes_everybody_late(lag_s, busy_ratio, is_over):
    assert loaded(lag_s=lag_s, busy_ratio=busy_ratio).is_over == is_over


def test_nothing_is_said_of_a_moment():
    assert not loaded(lag_s=1.0, busy_ratio=1.0, seconds=4.9).is_over
    assert not Load(lag_limit_s=0.1).is_over


def test_one_pause_in_twenty_is_none():
    load = loaded(lag_s=0.0, busy_ratio=1.0)
    load.ticked(3.0, cpu_s=10.0, now_s=110.0)
    assert load.lag_p95_s == 0.0


def test_what_is_past_is_forgotten():
    load = loaded(lag_s=1.0, busy_ratio=1.0)
    assert load.lag_p95_s == 1.0
    for tick in range(120):
        load.ticked(0.0, cpu_s=10.0, now_s=111 + tick / 10)
    assert (load.lag_p95_s, load.busy_ratio, load.is_over) == (0.0, 0.0, False)


def test_bursts_are_counted():
    load = Load(lag_limit_s=0.1)
    load.drained(0.25)
    load.drained(0.5)
    assert (load.bursts_total, load.burst_seconds_total, load.burst_longest_s) == (2, 0.75, 0.5)


def test_a_rung_a_second_is_shed_while_it_is_late_and_given_back_while_it_is_calm():
    load, caps, cpu_s, lag_s = Load(lag_limit_s=0.1), [], 0.0, 0.2
    for tick in range(1000):
        now = 100 + tick / 10
        is_late = tick < 72
        lag_s = 0.2 if is_late else 0.01
        cpu_s += 0.09 if is_late else 0.03
        load.ticked(lag_s, cpu_s=cpu_s, now_s=now)
        if not caps or caps[-1][1] is not load.shedding.cap:
            caps.append((now - 100, load.shedding.cap))
    moments, rungs = zip(*caps, strict=True)
    down = [Rung.HIGH, Rung.SPEAKER, Rung.LOW, Rung.CONTENT]
    assert list(rungs) == [*down, *reversed(down[:-1])]
    assert 5 <= moments[1] <= 6
    assert all(1 <= b - a <= 1.2 for a, b in pairwise(moments[1:4]))
    assert all(b - a >= CALM_S for a, b in pairwise(moments[3:]))


def test_a_machine_that_stood_still_sheds_nothing():
    assert loaded(lag_s=0.5, busy_ratio=0.6).shedding.cap is Rung.HIGH
