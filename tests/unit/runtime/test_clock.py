"""The clock: right where the machine's is not, and honest where nobody knows."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.reports import ClockState
from runtime.clock import LOOK_EVERY_S, Clock
from runtime.kernel_clock import KernelTime, boot_id, read_kernel_time

TRUE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ERROR = timedelta(milliseconds=20)
NTP = KernelTime(is_synchronised=True, error=timedelta(milliseconds=5))
NO_NTP = KernelTime(is_synchronised=False, error=timedelta(seconds=16))


class Machine:
    """A machine whose wall clock is off by so much."""

    def __init__(self, off=timedelta(0), kernel=NO_NTP):
        self.off = off
        self.kernel = kernel
        self.up_s = 100.0

    def clock(self, file=None):
        return Clock(file, wall=self.wall, boottime=lambda: self.up_s, kernel=lambda: self.kernel)

    def true(self):
        return TRUE + timedelta(seconds=self.up_s - 100.0)

    def wall(self):
        return (self.true() + self.off).timestamp()

    def pass_s(self, seconds):
        self.up_s += seconds


def test_ntp_is_believed():
    machine = Machine(kernel=NTP)
    clock = machine.clock()
    assert clock.now() == TRUE
    assert clock.state() == ClockState(source="ntp", error_ms=5.0)


def test_without_ntp_and_centre_the_time_is_unknown():
    clock = Machine(off=timedelta(days=-1)).clock()
    assert clock.now() == TRUE - timedelta(days=1)
    assert clock.state() == ClockState(source="unknown")


@pytest.mark.parametrize("off", [timedelta(days=1), timedelta(days=-2250), timedelta(seconds=7)])
def test_the_centres_time_corrects_and_ages(off):
    machine = Machine(off=off)
    clock = machine.clock()
    assert clock.correct(TRUE, error=ERROR) == -off
    machine.pass_s(3600)
    assert abs(clock.now() - machine.true()) < timedelta(microseconds=10)
    assert clock.state() == ClockState(source="centre", error_ms=380.0)


def test_a_step_of_the_wall_clock_moves_nothing():
    machine = Machine(off=timedelta(days=-1))
    clock = machine.clock()
    clock.correct(TRUE, error=ERROR)
    machine.off = timedelta(days=400)
    assert clock.now() == TRUE


def test_a_wall_clock_that_agrees_is_kept():
    machine = Machine(off=timedelta(milliseconds=8))
    clock = machine.clock()
    clock.correct(TRUE, error=ERROR)
    assert clock.now() == TRUE + timedelta(milliseconds=8)
    assert clock.state() == ClockState(source="centre", error_ms=28.0)


@pytest.mark.parametrize(
    ("off", "source"), [(timedelta(seconds=4), "ntp"), (timedelta(hours=6), "centre")]
)
def test_ntp_is_refuted_only_by_a_plain_contradiction(off, source):
    clock = Machine(off=off, kernel=NTP).clock()
    clock.correct(TRUE, error=ERROR)
    assert clock.state().source == source


def test_the_correction_survives_a_restart_and_others_follow_it(tmp_path):
    machine = Machine(off=timedelta(days=-2250))
    file = tmp_path / "clock.json"
    media = machine.clock(file)
    agent = machine.clock(file)
    agent.correct(TRUE, error=ERROR)
    agent.save()
    machine.pass_s(LOOK_EVERY_S)
    for clock in (media, machine.clock(file)):
        assert abs(clock.now() - machine.true()) < timedelta(milliseconds=1)
        assert clock.state().source == "centre"


def test_after_a_reboot_the_time_is_at_least_what_it_was(tmp_path):
    file = tmp_path / "clock.json"
    before = Machine(kernel=NTP)
    before.clock(file).save()
    after = Machine(off=timedelta(days=-2250))
    clock = after.clock(file)
    assert clock.now() >= TRUE
    assert clock.state() == ClockState(source="unknown")


def test_who_starts_after_ntp_was_lost_does_not_add_the_time_since_boot(tmp_path):
    machine, file = Machine(kernel=NTP), tmp_path / "clock.json"
    machine.pass_s(30 * 86_400)
    machine.clock(file).save()
    machine.kernel = NO_NTP
    machine.pass_s(60)
    assert machine.clock(file).now() == machine.true()


def test_a_file_of_another_boot_corrects_nothing(tmp_path):
    file = tmp_path / "clock.json"
    machine = Machine(off=timedelta(days=-1))
    clock = machine.clock(file)
    clock.correct(TRUE, error=ERROR)
    clock.save()
    file.write_text(file.read_text().replace(boot_id(), "f" * 32))
    assert machine.clock(file).state() == ClockState(source="unknown")


def test_a_container_started_anew_on_its_hosts_boot_clock_is_not_ahead_by_the_hosts_uptime(
    tmp_path,
):
    file, machine = tmp_path / "clock.json", Machine(off=timedelta(hours=-3))
    machine.pass_s(5 * 3600)
    clock = machine.clock(file)
    clock.correct(machine.true(), error=ERROR)
    clock.save()
    file.write_text(file.read_text().replace(boot_id(), "f" * 32))
    machine.pass_s(60)
    assert abs(machine.clock(file).now() - machine.true()) < timedelta(milliseconds=1)


@pytest.mark.parametrize("damage", ["", "{", '{"boot_id": 3}', '{"epoch_at_boot_s": "NaN"}'])
def test_a_damaged_file_is_no_file(tmp_path, damage):
    file = tmp_path / "clock.json"
    file.write_text(damage)
    assert Machine().clock(file).now() == TRUE


def test_the_kernel_answers():
    found = read_kernel_time()
    assert found.error >= timedelta(0)
    assert len(boot_id()) == 32
    assert Clock().monotonic_ms() > 0
