"""When the centre's clock is believed, and what then waits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.clock import BEGIN_AFTER_S, KEPT_RIGHT_FOR_S, WITNESS_FOR_S, WatchedClock
from runtime.clock_trust import Doubt

NOW = datetime(2026, 11, 26, 7, tzinfo=UTC)
A, B, C = "p-a", "p-b", "p-c"


class Machine:
    """A wall clock that can be set, beside one that cannot."""

    def __init__(self, *, is_synchronised=False, newest=None):
        self.now, self.now_s, self.is_synchronised = NOW, 1000.0, is_synchronised
        self.clock = WatchedClock(
            wall=lambda: self.now,
            monotonic=lambda: self.now_s,
            is_synchronised=lambda: self.is_synchronised,
            newest=newest,
        )

    def run(self, seconds):
        self.now += timedelta(seconds=seconds)
        self.now_s += seconds

    def told(self, ahead, *points):
        """Points report; the centre is `ahead` of them."""
        for point in points:
            self.clock.witnessed(point, self.now - ahead)


def test_a_clock_that_is_kept_right_is_believed_at_once():
    machine = Machine(is_synchronised=True)
    assert machine.clock.doubt() is None
    assert machine.clock.may_begin()


def test_one_that_nobody_keeps_right_ends_nothing_and_begins_after_a_minute():
    machine = Machine()
    assert machine.clock.doubt() is Doubt.UNSYNCHRONISED
    assert not machine.clock.may_begin()
    machine.run(BEGIN_AFTER_S)
    assert machine.clock.may_begin()
    assert machine.clock.doubt() is Doubt.UNSYNCHRONISED


def test_points_that_agree_are_enough_where_they_are_three_or_the_kernel_says_so_too():
    machine = Machine()
    machine.told(timedelta(seconds=3), A, B)
    assert machine.clock.doubt() is Doubt.UNSYNCHRONISED
    machine.told(timedelta(seconds=3), C)
    assert machine.clock.doubt() is None
    assert machine.clock.may_begin()


@pytest.mark.parametrize(
    ("stored", "is_synchronised", "witnesses", "may_tell"),
    [
        (None, False, (), True),
        (NOW, False, (), True),
        (NOW - timedelta(days=9), False, (), False),
        (NOW + timedelta(days=9), False, (), False),
        (NOW - timedelta(days=9), True, (), True),
        (NOW, True, (A,), False),
    ],
)
def test_others_are_told_no_time_that_something_contradicts(
    stored, is_synchronised, witnesses, may_tell
):
    clock = WatchedClock(
        wall=lambda: NOW,
        monotonic=lambda: 0.0,
        is_synchronised=lambda: is_synchronised,
        newest=stored,
    )
    for point in witnesses:
        clock.witnessed(point, NOW - timedelta(hours=7))
    assert clock.may_tell() is may_tell


def test_others_are_told_no_time_just_after_a_leap():
    machine = Machine(is_synchronised=True)
    assert machine.clock.may_tell()
    machine.now += timedelta(hours=7)
    assert not machine.clock.may_tell()


@pytest.mark.parametrize(
    ("ahead", "doubt"),
    [
        (timedelta(hours=7), Doubt.AHEAD),
        (-timedelta(hours=7), Doubt.BEHIND),
        (timedelta(days=4000), Doubt.AHEAD),
        (-timedelta(days=2500), Doubt.BEHIND),
    ],
)
@pytest.mark.parametrize("is_synchronised", [True, False])
def test_points_that_contradict_stop_ending_and_beginning(ahead, doubt, is_synchronised):
    machine = Machine(is_synchronised=is_synchronised)
    machine.told(ahead, A, B, C)
    assert machine.clock.doubt() is doubt
    machine.run(BEGIN_AFTER_S)
    assert not machine.clock.may_begin()


def test_one_point_alone_keeps_no_meeting_from_beginning():
    machine = Machine(is_synchronised=True)
    machine.told(timedelta(hours=7), A)
    assert machine.clock.doubt() is Doubt.AHEAD
    assert machine.clock.may_begin()


def test_one_that_lies_among_others_moves_nothing():
    machine = Machine()
    machine.told(timedelta(hours=7), A)
    machine.told(timedelta(), B, C, "p-d")
    assert machine.clock.doubt() is None


def test_a_late_report_is_no_contradiction_while_fresh_ones_come():
    machine = Machine(is_synchronised=True)
    machine.told(timedelta(seconds=1), A)
    machine.told(timedelta(hours=3), A)
    assert machine.clock.doubt() is None
    machine.run(WITNESS_FOR_S + 1)
    machine.told(timedelta(hours=3), A)
    assert machine.clock.doubt() is Doubt.AHEAD


def test_after_a_leap_nothing_ends_until_it_has_settled_or_points_agree():
    machine = Machine(is_synchronised=True)
    assert machine.clock.doubt() is None
    machine.now -= timedelta(hours=7)
    assert machine.clock.doubt() is Doubt.LEAPT
    assert machine.clock.may_begin()
    machine.told(timedelta(), A)
    assert machine.clock.doubt() is None


@pytest.mark.parametrize(
    ("stored", "doubt"),
    [
        (NOW - timedelta(days=4000), Doubt.AHEAD),
        (NOW + timedelta(days=2000), Doubt.BEHIND),
        (NOW - timedelta(days=1), Doubt.UNSYNCHRONISED),
        (None, Doubt.UNSYNCHRONISED),
    ],
)
def test_without_points_the_data_that_are_there_tell(stored, doubt):
    now_s = [0.0]
    clock = WatchedClock(
        wall=lambda: NOW + timedelta(seconds=now_s[0]),
        monotonic=lambda: now_s[0],
        is_synchronised=lambda: False,
        newest=stored,
    )
    assert clock.doubt() is doubt
    now_s[0] = BEGIN_AFTER_S
    assert clock.may_begin() is (doubt is Doubt.UNSYNCHRONISED)
    for point in (A, B, C):
        clock.witnessed(point, NOW + timedelta(seconds=BEGIN_AFTER_S))
    assert clock.doubt() is None


OFF = NOW - timedelta(days=30)
HOUR_S = 3600


@pytest.mark.parametrize(
    ("is_synchronised", "ahead", "points", "after_s", "doubt"),
    [
        (False, 0, (), 0, Doubt.AHEAD),
        (False, 0, (), 3 * KEPT_RIGHT_FOR_S, Doubt.AHEAD),
        (False, 0, (A,), 0, Doubt.UNSYNCHRONISED),
        (False, 0, (A,), HOUR_S, None),
        (False, 7 * HOUR_S, (A,), HOUR_S, Doubt.AHEAD),
        (False, 200, (A,), HOUR_S, None),
        (True, 0, (A,), 0, None),
        (True, 0, (), KEPT_RIGHT_FOR_S - 1, Doubt.AHEAD),
        (True, 0, (), KEPT_RIGHT_FOR_S, None),
        (True, 7 * HOUR_S, (A,), KEPT_RIGHT_FOR_S, Doubt.AHEAD),
    ],
)
def test_a_centre_that_was_off_for_weeks_is_believed_again_without_a_restart(
    is_synchronised, ahead, points, after_s, doubt
):
    machine = Machine(is_synchronised=is_synchronised, newest=OFF)
    assert machine.clock.doubt() is Doubt.AHEAD
    machine.run(after_s)
    machine.told(timedelta(seconds=ahead), *points)
    assert machine.clock.doubt() is doubt


@given(st.lists(st.sampled_from((0, 5, 60, HOUR_S, KEPT_RIGHT_FOR_S - 1)), max_size=8), st.data())
def test_no_time_alone_ends_the_doubt_of_a_clock_that_nobody_speaks_for(steps, data):
    machine = Machine(newest=OFF)
    for seconds in steps:
        machine.is_synchronised = data.draw(st.booleans())
        machine.clock.doubt()
        machine.is_synchronised = False
        machine.run(seconds + 5)
        assert machine.clock.doubt() is Doubt.AHEAD
