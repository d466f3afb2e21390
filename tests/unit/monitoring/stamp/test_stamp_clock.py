"""A clock that nobody sets while something is measured."""

from monitoring.stamp.stamp_clock import StampClock

SECOND = 10**9


def test_what_passed_is_told_by_the_monotonic_clock_alone():
    clock = StampClock(wall_ns=1000 * SECOND, monotonic_ns=5 * SECOND)
    assert clock.at(7 * SECOND) == 1002 * SECOND


def test_an_arrival_is_told_by_its_age_and_a_clock_that_was_set_tells_none():
    clock = StampClock(wall_ns=1000 * SECOND, monotonic_ns=5 * SECOND)
    now = {"wall_ns": 1002 * SECOND, "monotonic_ns": 7 * SECOND}
    assert clock.arrival(1002 * SECOND - 40, **now) == 1002 * SECOND - 40
    for stepped_s in (-3600, -2, 3600):
        set_clock = {"wall_ns": (1002 + stepped_s) * SECOND, "monotonic_ns": 7 * SECOND}
        assert clock.arrival(1002 * SECOND, **set_clock) == 1002 * SECOND


def test_nothing_has_waited_for_longer_than_since_all_was_read():
    clock = StampClock(wall_ns=1000 * SECOND, monotonic_ns=5 * SECOND)
    now = {"wall_ns": 1030 * SECOND, "monotonic_ns": 35 * SECOND}
    assert clock.arrival(1010 * SECOND, **now, most_ns=20 * SECOND) == 1010 * SECOND
    assert clock.arrival(1009 * SECOND, **now, most_ns=20 * SECOND) == 1030 * SECOND


def test_its_error_is_that_of_the_wall_clock_and_what_it_is_off_by():
    clock = StampClock(wall_ns=1000 * SECOND, monotonic_ns=0)
    assert clock.error_ns(40, wall_ns=1001 * SECOND + 7, monotonic_ns=SECOND) == 47
    assert clock.error_ns(None, wall_ns=1, monotonic_ns=1) is None
