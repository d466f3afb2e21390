"""Where reports stand in time when clocks are right, unset, or off by a day."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.clock_error import is_clock_known
from contracts.reports import ClockState, HealthBody, Report
from monitoring.judgement.timing import BootEstimate, alive_at, placed_at, refined

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAY = timedelta(days=1)
BOOT = BootEstimate(NOW - timedelta(seconds=1000), NOW)
NTP = ClockState(source="ntp", error_ms=3.0)
UNSET = ClockState(source="unknown")


def report(measured_at, monotonic_s=1000, clock=NTP):
    return Report(
        outbox_id="outbox-01",
        seq=1,
        measured_at=measured_at,
        boot_id="0" * 32,
        monotonic_ms=int(monotonic_s * 1000),
        clock=clock,
        body=HealthBody(),
    )


@pytest.mark.parametrize(
    ("clock", "known"),
    [
        (NTP, True),
        (ClockState(source="centre", error_ms=5000), True),
        (ClockState(source="centre", error_ms=5001), False),
        (UNSET, False),
        (ClockState(source="ntp"), False),
    ],
)
def test_a_clock_is_known_up_to_five_seconds(clock, known):
    assert is_clock_known(clock) is known


def test_a_report_of_a_good_clock_stands_where_it_says_however_late():
    assert placed_at(report(NOW - 3 * DAY), BOOT, NOW) == NOW - 3 * DAY


@pytest.mark.parametrize(
    ("measured_at", "clock"),
    [
        (NOW + DAY, NTP),
        (NOW + timedelta(seconds=61), NTP),
        (NOW - DAY, UNSET),
        (datetime(2019, 12, 31, tzinfo=UTC), NTP),
        (datetime(1970, 1, 1, tzinfo=UTC), NTP),
        (datetime(2199, 12, 31, tzinfo=UTC), UNSET),
    ],
)
def test_an_impossible_or_unset_clock_is_placed_by_the_boot(measured_at, clock):
    late = report(measured_at, monotonic_s=400, clock=clock)
    assert placed_at(late, BOOT, NOW) == NOW - timedelta(seconds=600)


def test_no_report_is_placed_after_its_arrival_however_large_its_counter():
    huge = report(NOW, monotonic_s=9e15, clock=UNSET)
    assert placed_at(huge, BOOT, NOW) == NOW


def test_the_fastest_report_tells_when_the_boot_was():
    slow = refined(None, 10_000, NOW)
    fast = refined(slow, 20_000, NOW + timedelta(seconds=9))
    assert slow.zero_at == NOW - timedelta(seconds=10)
    assert fast.zero_at == NOW - timedelta(seconds=11)
    late = refined(fast, 20_000, NOW + timedelta(seconds=99))
    assert late.zero_at - fast.zero_at == timedelta(seconds=90) * 200e-6


def test_a_crystal_that_runs_slow_does_not_make_a_point_look_silent():
    estimate, now = None, NOW
    for step in range(0, 30 * 86400, 600):
        now = NOW + timedelta(seconds=step)
        estimate = refined(estimate, int(step * 1000 * (1 - 50e-6)), now)
    last = report(NOW - DAY, monotonic_s=step * (1 - 50e-6), clock=UNSET)
    assert now - alive_at(last, estimate, now) < timedelta(seconds=1)


def test_a_point_a_day_behind_is_alive_when_its_report_comes():
    assert alive_at(report(NOW - DAY), BOOT, NOW) == NOW
    assert alive_at(report(NOW + DAY), BOOT, NOW) == NOW


def test_backlog_is_no_sign_of_life_now():
    old = report(NOW - timedelta(seconds=600), monotonic_s=400)
    assert alive_at(old, BOOT, NOW) == NOW - timedelta(seconds=600)
