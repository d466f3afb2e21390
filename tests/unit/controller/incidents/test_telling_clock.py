"""A clock by which people are told: set far ahead or back, nothing becomes old or new by it."""

from datetime import UTC, datetime, timedelta

from controller.incidents.telling_clock import TellingClock

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)
YEAR = timedelta(days=365)


class Machine:
    """Two clocks, of which people set one."""

    def __init__(self) -> None:
        self.passed_s = 0.0
        self.set_by = timedelta()
        self.clock = TellingClock(
            lambda: T0 + timedelta(seconds=self.passed_s) + self.set_by,
            monotonic=lambda: self.passed_s,
            is_synchronised=lambda: False,
        )

    def passes(self, seconds: float) -> None:
        self.clock.now()
        self.passed_s += seconds
        self.clock.now()


def test_time_goes_on_as_it_was_until_what_is_written_has_been_moved():
    machine = Machine()
    machine.passes(10)
    machine.set_by = YEAR
    machine.passes(590)
    assert (machine.clock.leap(), machine.clock.now()) == (timedelta(), T0 + timedelta(seconds=600))
    machine.passes(20)
    assert (machine.clock.leap(), machine.clock.now()) == (YEAR, T0 + timedelta(seconds=620))
    machine.clock.moved(YEAR, last_message_id=7)
    assert (machine.clock.leap(), machine.clock.now()) == (
        timedelta(),
        T0 + YEAR + timedelta(seconds=620),
    )


def test_what_was_queued_before_is_as_old_as_it_was_and_what_came_after_is_not():
    for set_by in (YEAR, -YEAR):
        machine = Machine()
        machine.passes(10)
        machine.set_by = set_by
        machine.passes(1)
        machine.passes(601)
        machine.clock.moved(machine.clock.leap(), last_message_id=7)
        assert machine.clock.age(7, T0) == timedelta(seconds=612)
        assert machine.clock.age(8, machine.clock.now()) == timedelta()
