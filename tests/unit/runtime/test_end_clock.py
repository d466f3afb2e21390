"""When the relay's own clock may end a meeting."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from runtime.clock import Clock
from runtime.clock_trust import Doubt
from runtime.end_clock import EndClock
from runtime.kernel_clock import KernelTime

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


@dataclass
class Machine:
    """Its clocks."""

    wall: datetime = NOW
    since_boot_s: float = 0.0
    is_synchronised: bool = True

    def end_clock(self) -> EndClock:
        clock = Clock(
            wall=lambda: self.wall.timestamp(),
            boottime=lambda: self.since_boot_s,
            kernel=lambda: KernelTime(self.is_synchronised, timedelta()),
        )
        return EndClock(clock)

    def passes(self, span: timedelta) -> None:
        self.wall += span
        self.since_boot_s += span.total_seconds()


def test_a_clock_that_is_kept_right_is_believed():
    machine = Machine()
    clock = machine.end_clock()
    clock.heard(NOW)
    machine.passes(timedelta(hours=7))
    assert clock.doubt() is None


def test_a_clock_that_was_set_since_it_was_looked_at_is_not():
    machine = Machine()
    clock = machine.end_clock()
    machine.wall += timedelta(hours=7)
    assert clock.doubt() is Doubt.LEAPT
    machine.passes(timedelta(minutes=10))
    assert clock.doubt() is None


def test_the_centres_newest_document_speaks_against_it():
    machine = Machine(wall=NOW + timedelta(days=4200))
    clock = machine.end_clock()
    clock.heard(NOW)
    clock.heard(NOW - timedelta(days=30))
    assert clock.doubt() is Doubt.AHEAD
    clock.heard(NOW + timedelta(days=4200))
    assert clock.doubt() is None
    clock.heard(NOW + timedelta(days=4201))
    assert clock.doubt() is Doubt.BEHIND


def test_a_clock_that_nothing_keeps_right_is_believed_after_an_hour():
    machine = Machine(is_synchronised=False)
    clock = machine.end_clock()
    assert clock.doubt() is Doubt.UNSYNCHRONISED
    machine.passes(timedelta(hours=1))
    assert clock.doubt() is None
