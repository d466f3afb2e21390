"""By which clock a point deletes what is old."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.health.age_clock import AgeClock
from runtime.clock import Clock
from runtime.kernel_clock import KernelTime

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class Machine:
    """A wall clock that can be set, and one that cannot."""

    def __init__(self, *, is_synchronised=True):
        self.off = timedelta()
        self.boottime_s = 1000.0
        self.kernel = KernelTime(is_synchronised, timedelta(milliseconds=5))
        clock = Clock(
            wall=lambda: (T0 + self.off).timestamp() + self.boottime_s,
            boottime=lambda: self.boottime_s,
            kernel=lambda: self.kernel,
        )
        self.age_clock = AgeClock(clock, monotonic=lambda: self.boottime_s)

    def pass_s(self, seconds):
        for _ in range(round(seconds / 10)):
            self.boottime_s += 10
            self.age_clock.look()


def test_a_clock_that_is_kept_right_is_believed():
    machine = Machine()
    machine.pass_s(60)
    assert machine.age_clock.now() == T0 + timedelta(seconds=1060)


def test_one_that_nothing_keeps_right_is_not():
    machine = Machine(is_synchronised=False)
    machine.pass_s(60)
    assert machine.age_clock.now() is None


@pytest.mark.parametrize("hours", [7, -7, 24 * 4200])
def test_one_that_has_just_leapt_is_believed_after_a_while(hours):
    machine = Machine()
    machine.pass_s(60)
    machine.off = timedelta(hours=hours)
    machine.pass_s(10)
    assert machine.age_clock.now() is None
    machine.pass_s(590)
    assert machine.age_clock.now() is None
    machine.pass_s(20)
    assert machine.age_clock.now() is not None
