"""Deadlines do not move when somebody sets the clock."""

from datetime import UTC, datetime, timedelta

import pytest

from runtime.steady_clock import SETTLED_S, Leap, SteadyClock

T0 = datetime(2026, 11, 26, 6, tzinfo=UTC)
HOURS = timedelta(hours=7)


class Machine:
    """Both clocks of a machine, the wall clock off by what the test says."""

    def __init__(self) -> None:
        self.clock = SteadyClock()
        self.off = timedelta()
        self.is_synchronised = True
        self.passed_s = 0.0

    def after(self, seconds: float) -> datetime:
        self.passed_s += seconds
        return self.clock.read(
            wall=T0 + timedelta(seconds=self.passed_s) + self.off,
            now_s=5000 + self.passed_s,
            is_synchronised=self.is_synchronised,
        )

    @property
    def true(self) -> datetime:
        return T0 + timedelta(seconds=self.passed_s)


@pytest.mark.parametrize("step", [HOURS, -HOURS, timedelta(days=4300), -timedelta(days=2500)])
def test_a_step_and_the_step_back_are_not_felt(step: timedelta) -> None:
    machine = Machine()
    assert machine.after(0) == T0
    machine.off = step
    for _ in range(59):
        assert machine.after(10) == machine.true
    machine.off = timedelta()
    assert machine.after(10) == machine.true
    assert machine.clock.take_leap() is None


@pytest.mark.parametrize("step", [HOURS, -HOURS])
def test_a_clock_that_stays_where_it_was_set_is_followed_in_the_end(step: timedelta) -> None:
    machine = Machine()
    machine.after(0)
    machine.off = step
    assert machine.after(1) == machine.true
    assert machine.after(SETTLED_S - 1) == machine.true
    assert machine.after(1) == machine.true + step
    assert machine.clock.take_leap() == Leap(until=machine.true, now=machine.true + step)
    assert machine.clock.take_leap() is None
    assert machine.after(5) == machine.true + step


def test_a_wrong_clock_that_ntp_corrects_is_followed_at_once() -> None:
    machine = Machine()
    machine.off, machine.is_synchronised = -timedelta(days=2500), False
    assert machine.after(0) == T0 - timedelta(days=2500)
    machine.off, machine.is_synchronised = timedelta(), True
    assert machine.after(30) == machine.true
    assert machine.clock.take_leap() is not None


def test_small_corrections_are_followed_as_they_come() -> None:
    machine = Machine()
    machine.after(0)
    for tenth in range(1, 100):
        machine.off = timedelta(seconds=tenth / 10)
        assert machine.after(1) == machine.true + machine.off
    assert machine.clock.take_leap() is None


def test_a_clock_that_leaps_about_is_not_followed() -> None:
    machine = Machine()
    machine.after(0)
    for minute in range(60):
        machine.off = (minute % 3 + 1) * HOURS
        assert machine.after(60) == machine.true
