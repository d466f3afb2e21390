"""Seconds of a state by the bucket: together they are what the intervals say."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from controller.health.state_seconds import seconds_in
from monitoring.judgement.availability import Interval
from monitoring.judgement.presence import PresenceState

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
GRID = [T0 + n * HOUR for n in range(4)]


def down(begin, end):
    ended = None if end is None else T0 + timedelta(minutes=end)
    return Interval(PresenceState.DOWN, T0 + timedelta(minutes=begin), ended)


def seconds(*intervals, now=240):
    at = T0 + timedelta(minutes=now)
    return seconds_in(PresenceState.DOWN, intervals, GRID, HOUR, now=at)


def test_an_outage_is_shared_out_among_the_hours_it_lasts():
    assert seconds(down(-30, 10), down(50, 130)) == [1200.0, 3600.0, 600.0, 0.0]


def test_an_open_one_lasts_until_now_and_what_is_outside_counts_nowhere():
    assert seconds(down(230, None), down(300, 400), now=235) == [0.0, 0.0, 0.0, 300.0]
    assert seconds_in(PresenceState.DOWN, [down(0, 1)], [], HOUR, now=T0) == []


@given(st.lists(st.integers(-100, 340), min_size=2, max_size=12, unique=True).map(sorted))
def test_the_sum_is_the_time_within_the_grid(cuts):
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    within = sum(max(0, min(end, 240) - max(begin, 0)) for begin, end in pairs)
    assert sum(seconds(*(down(*pair) for pair in pairs))) == within * 60
