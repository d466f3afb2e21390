"""What a clock must have shown before anything is thrown away by it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runtime.clock_trust import ClockTrust, Doubt, TrustLimits

T0 = datetime(2026, 11, 26, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(seconds: float, off: timedelta = timedelta()) -> dict[str, Any]:
    """Return both clocks, the wall clock off by so much."""
    return {"now": T0 + timedelta(seconds=seconds) + off, "now_s": 100 + seconds}


def test_a_steady_clock_that_is_kept_right_is_trusted_at_once() -> None:
    trust = ClockTrust()
    for second in (0, 5, 3600):
        assert trust.doubt(**at(second), is_synchronised=True, newest=T0) is None


@pytest.mark.parametrize("step", [7 * HOUR, -7 * HOUR, timedelta(days=4000), -timedelta(days=2000)])
def test_after_a_leap_and_after_the_leap_back_it_is_not_trusted_for_a_while(
    step: timedelta,
) -> None:
    trust = ClockTrust()
    trust.look(**at(0))
    assert trust.look(**at(5, step)) == step
    assert trust.doubt(**at(10, step), is_synchronised=True) is Doubt.LEAPT
    assert trust.look(**at(15)) == -step
    assert trust.doubt(**at(614), is_synchronised=True) is Doubt.LEAPT
    assert trust.doubt(**at(615), is_synchronised=True) is None


def test_a_clock_that_is_slewed_does_not_leap() -> None:
    trust = ClockTrust()
    for second in range(0, 600, 5):
        assert trust.look(**at(second, timedelta(seconds=second / 2000))) == timedelta()
    assert trust.doubt(**at(600), is_synchronised=True) is None


def test_a_clock_that_nothing_keeps_right_is_trusted_when_it_has_run_for_long() -> None:
    trust = ClockTrust()
    assert trust.doubt(**at(0), is_synchronised=False) is Doubt.UNSYNCHRONISED
    assert trust.doubt(**at(3599), is_synchronised=False) is Doubt.UNSYNCHRONISED
    assert trust.doubt(**at(3600), is_synchronised=False) is None
    trust.look(**at(3605, HOUR))
    assert trust.doubt(**at(3605 + 700, HOUR), is_synchronised=False) is Doubt.UNSYNCHRONISED
    assert trust.doubt(**at(3605 + 3600, HOUR), is_synchronised=False) is None

    never = ClockTrust(TrustLimits(unsynchronised=None))
    assert never.doubt(**at(0), is_synchronised=False) is Doubt.UNSYNCHRONISED
    assert never.doubt(**at(10**6), is_synchronised=False) is Doubt.UNSYNCHRONISED
    assert never.doubt(**at(10**6 + 1), is_synchronised=None) is None


def test_a_clock_far_from_the_newest_data_is_not_trusted() -> None:
    trust = ClockTrust()
    ago = timedelta(days=7)
    assert trust.doubt(**at(0), newest=T0 - ago) is None
    assert trust.doubt(**at(1), newest=T0 - ago) is Doubt.AHEAD
    assert trust.doubt(**at(2), newest=T0 + timedelta(minutes=5)) is None
    assert trust.doubt(**at(2), newest=T0 + timedelta(minutes=6)) is Doubt.BEHIND
