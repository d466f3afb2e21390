"""Uptime adds up to the period, exactly, whatever the intervals."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitoring.judgement import availability
from monitoring.judgement.availability import (
    Interval,
    Outage,
    Uptime,
    outages,
    outside,
    uptime,
)
from monitoring.judgement.periods import Period
from monitoring.judgement.presence import PresenceState

T0 = datetime(2026, 11, 24, tzinfo=UTC)
UP, DOWN, DEGRADED, UNKNOWN = (
    PresenceState.UP,
    PresenceState.DOWN,
    PresenceState.DEGRADED,
    PresenceState.UNKNOWN,
)


def at(seconds):
    return T0 + timedelta(seconds=seconds)


def s(seconds):
    return timedelta(seconds=seconds)


@st.composite
def histories(draw):
    """Intervals that follow each other without holes, the last one open, in any order."""
    steps = draw(st.lists(st.tuples(st.integers(0, 500), st.sampled_from(PresenceState))))
    begin, intervals = draw(st.integers(-300, 300)), []
    for length, state in steps:
        intervals.append(Interval(state, at(begin), at(begin + length)))
        begin += length
    intervals.append(Interval(draw(st.sampled_from(PresenceState)), at(begin), None))
    return draw(st.permutations(intervals)), begin


def periods():
    """Any spans, also ones that overlap or have no length."""
    span = st.tuples(st.integers(-400, 1500), st.integers(0, 400))
    return st.lists(span, max_size=6).map(
        lambda found: [Period(at(begin), at(begin + length)) for begin, length in found]
    )


@given(histories(), periods(), periods(), periods(), st.integers(-500, 500), st.integers(0, 900),
       st.integers(0, 900), st.randoms())  # fmt: skip
def test_the_identity_and_the_halves_hold_whatever_is_excluded_shut_out_or_agreed(
    history, excluded, shut_out, agreed, begin, first, second, random
):
    """In any order, with overlaps: up + down + excluded + unknown is the agreed time."""
    intervals, last_change = history
    now = at(last_change + 700)

    def parts(*ends):
        for times in (intervals, excluded, shut_out, agreed):
            random.shuffle(times)
        return uptime(intervals, Period(at(begin + ends[0]), at(begin + ends[1])), now=now,
                      shut_out=shut_out, excluded=excluded, agreed=agreed)  # fmt: skip

    whole = parts(0, first + second)
    assert parts(0, first) + parts(first, first + second) == whole
    period = availability.clipped(Period(at(begin), at(begin + first + second)), now)
    heard_at = min(one.began_at for one in intervals)
    moments = [
        at(begin + n)
        for n in range(int(period.length.total_seconds()))
        if any(one.begins_at <= at(begin + n) < one.ends_at for one in agreed)
    ]
    counted = [one for one in moments if one >= heard_at]
    left_out = [
        moment
        for moment in counted
        if any(one.begins_at <= moment < one.ends_at for one in excluded)
    ]
    assert whole.agreed == s(len(counted))
    assert whole.excluded == s(len(left_out))
    assert whole.before == s(len(moments) - len(counted))
    assert min(whole.up, whole.down, whole.unknown, whole.degraded) >= s(0)
    assert whole.degraded <= whole.up


@given(histories(), st.integers(-500, 2000), st.integers(0, 2000), st.integers(0, 500))
def test_the_parts_are_the_whole_period_to_the_microsecond(history, begin, length, later):
    intervals, last_change = history
    now = at(max(last_change, begin) + later)
    period = Period(at(begin), at(begin + length))
    parts = uptime(intervals, period, now=now)
    passed = availability.clipped(period, now).length
    assert parts.up + parts.down + parts.unknown + parts.before == passed
    assert min(parts.up, parts.down, parts.unknown, parts.before) >= s(0)


@given(histories(), st.integers(-500, 500), st.integers(0, 800), st.integers(0, 800))
def test_two_halves_are_the_whole(history, begin, first, second):
    intervals, last_change = history
    now = at(last_change + 3000)
    whole = Period(at(begin), at(begin + first + second))
    halves = (
        Period(at(begin), at(begin + first)),
        Period(at(begin + first), at(begin + first + second)),
    )
    total = sum((uptime(intervals, half, now=now) for half in halves), Uptime())
    assert total == uptime(intervals, whole, now=now)


def test_degraded_is_up_and_unknown_is_neither():
    intervals = [
        Interval(UP, at(0), at(100)),
        Interval(DEGRADED, at(100), at(130)),
        Interval(DOWN, at(130), at(150)),
        Interval(UNKNOWN, at(150), at(160)),
        Interval(UP, at(160), None),
    ]
    parts = uptime(intervals, Period(at(-40), at(200)), now=at(200))
    assert parts == Uptime(s(170), s(20), unknown=s(10), before=s(40), degraded=s(30))
    assert parts.ratio == 170 / 190


def test_an_open_outage_counts_up_to_now_and_the_future_not_at_all():
    intervals = [Interval(DOWN, at(10), None)]
    assert uptime(intervals, Period(at(0), at(100)), now=at(30)) == Uptime(down=s(20), before=s(10))


def test_a_point_never_heard_has_nothing_known():
    parts = uptime([], Period(at(0), at(100)), now=at(100))
    assert (parts, parts.ratio) == (Uptime(before=s(100)), None)


def test_what_follows_the_centres_last_sign_is_unknown():
    intervals = [Interval(UP, at(0), None)]
    parts = uptime(intervals, Period(at(0), at(100)), now=at(100), listened_until=at(60))
    assert parts == Uptime(up=s(60), unknown=s(40))


def test_periods_are_half_open():
    intervals = [Interval(UP, at(0), at(10)), Interval(DOWN, at(10), at(20))]
    assert uptime(intervals, Period(at(0), at(10)), now=at(50)) == Uptime(up=s(10))
    assert uptime(intervals, Period(at(10), at(20)), now=at(50)) == Uptime(down=s(10))


def test_today_is_the_day_in_vietnam():
    late_evening = datetime(2026, 11, 24, 16, 59, 59, tzinfo=UTC)
    midnight = datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert availability.today(late_evening).begins_at == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert availability.today(midnight) == Period(midnight, midnight + timedelta(days=1))
    assert availability.last_days(7, T0) == Period(T0 - timedelta(days=7), T0)


def test_an_outage_that_outlasts_the_centres_blindness_is_one():
    states = (UP, DOWN, UNKNOWN, UNKNOWN, DOWN, UP, UNKNOWN, DOWN, DEGRADED, DOWN, UNKNOWN)
    spans = [Interval(state, at(n), at(n + 1)) for n, state in enumerate(states)]
    assert outages(spans) == [
        Outage(at(1), at(5), unknown=s(2)),
        Outage(at(7), at(8)),
        Outage(at(9), at(10)),
    ]
    still = [*spans[:3], Interval(DOWN, at(3), None)]
    [outage] = outages(still)
    assert outage == Outage(at(1), None, unknown=s(1))
    assert outage.down(at(6)) == s(4)


def test_time_in_which_a_point_was_shut_out_is_neither_up_nor_down():
    spans = [Interval(UP, at(0), at(50)), Interval(DOWN, at(50), None)]
    shut_out = [Period(at(40), at(70)), Period(at(90), at(200))]
    parts = uptime(spans, Period(at(-10), at(100)), now=at(100), shut_out=shut_out)
    assert parts == Uptime(up=s(40), down=s(20), unknown=s(40), before=s(10))


def test_what_is_no_outage_is_cut_out_of_the_history():
    now = at(100)
    seen = [Interval(UP, at(0), at(20)), Interval(DOWN, at(20), None)]
    assert outside(seen, [], now=now) == seen
    revoked = Period(at(10), now)
    assert outside(seen, [revoked], now=now) == [Interval(UP, at(0), at(10))]
    again = Period(at(30), at(60))
    assert outside(seen, [again], now=now) == [
        Interval(UP, at(0), at(20)),
        Interval(DOWN, at(20), at(30)),
        Interval(DOWN, at(60), None),
    ]
    assert outside(seen, [Period(at(0), at(20))], now=now) == seen[1:]


@given(histories(), st.integers(-500, 500), st.integers(0, 900), st.integers(0, 900))
def test_the_short_way_where_all_of_a_period_counts_is_the_long_one(history, begin, length, heard):
    intervals, _ = history
    period, far = Period(at(begin), at(begin + length)), Period(at(9000), at(9001))
    known = {"now": at(900), "listened_until": at(heard)}
    assert uptime(intervals, period, **known) == uptime(intervals, period, excluded=[far], **known)
