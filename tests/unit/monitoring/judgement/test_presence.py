"""Presence at the boundaries of every rule, and over any order of events."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import PointId
from monitoring.judgement import presence
from monitoring.judgement.presence import (
    STATE_OF,
    PointBecameDegraded,
    PointBecameUnknown,
    PointCameUp,
    PointWentDown,
    PresenceLimits,
    PresenceState,
)

P1 = PointId("p1")
T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)
LIMITS = PresenceLimits()


def at(seconds):
    return T0 + timedelta(seconds=seconds)


def up_at(seconds=0):
    return presence.first_heard(P1, at(seconds), LIMITS)[0]


def test_the_first_word_makes_a_point_up():
    point, changes = presence.first_heard(P1, T0, LIMITS)
    assert (point.state, changes) == (PresenceState.UP, (PointCameUp(P1, T0, T0),))


@pytest.mark.parametrize(
    ("silent_s", "expected"),
    [(25, ()), (25.001, (PointWentDown(P1, T0, at(25.001)),))],
)
def test_a_point_is_down_only_past_the_limit_and_from_its_last_word_on(silent_s, expected):
    assert presence.due(up_at(), at(silent_s), LIMITS)[1] == expected


def test_a_last_will_leaves_five_seconds():
    point = presence.departed(presence.heard(up_at(), at(10), at(10), LIMITS)[0], at(12), LIMITS)
    assert presence.due(point, at(17), LIMITS)[1] == ()
    assert presence.due(point, at(17.1), LIMITS)[1] == (PointWentDown(P1, at(10), at(17.1)),)


def test_a_word_after_the_last_will_takes_it_back():
    point = presence.departed(up_at(), at(1), LIMITS)
    point, changes = presence.heard(point, at(3), at(3), LIMITS)
    assert changes == ()
    assert presence.due(point, at(28), LIMITS)[1] == ()


def test_a_point_that_is_down_comes_up_when_it_is_heard():
    down, _ = presence.due(up_at(), at(26), LIMITS)
    point, changes = presence.heard(down, at(40), at(41), LIMITS)
    assert (point.state, changes) == (PresenceState.UP, (PointCameUp(P1, at(40), at(41)),))


def test_old_words_of_a_backlog_are_no_sign_of_life():
    down, _ = presence.due(up_at(), at(60), LIMITS)
    assert presence.heard(down, at(20), at(61), LIMITS) == (down, ())


def test_silent_reports_with_media_alive_are_degraded_and_then_down():
    point = presence.media_seen(up_at(), at(20))
    point, changes = presence.due(point, at(26), LIMITS)
    assert changes == (PointBecameDegraded(P1, T0, at(26)),)
    assert presence.due(point, at(35), LIMITS)[1] == ()
    point, changes = presence.due(point, at(36), LIMITS)
    assert changes == (PointWentDown(P1, at(20), at(36)),)
    point, changes = presence.due(presence.media_seen(point, at(50)), at(50), LIMITS)
    assert changes == (PointBecameDegraded(P1, at(50), at(50)),)
    assert presence.heard(point, at(52), at(52), LIMITS)[1] == (PointCameUp(P1, at(52), at(52)),)


def resumed(point, blind_from, now):
    return presence.resumed(point, blind_from=at(blind_from), now=at(now), limits=LIMITS)


def test_a_short_blindness_is_unknown_and_then_what_it_was():
    point, changes = resumed(up_at(), 10, 14)
    assert point.state is PresenceState.UP
    assert changes == (
        PointBecameUnknown(P1, at(10), at(14)),
        PointCameUp(P1, at(14), at(14)),
    )
    assert presence.due(point, at(39), LIMITS)[1] == ()


def test_what_was_taken_to_be_up_after_a_blindness_is_revised():
    point, _ = resumed(up_at(), 10, 14)
    point, changes = presence.due(point, at(39.1), LIMITS)
    assert changes == (PointWentDown(P1, at(14), at(39.1)),)


def test_after_a_long_blindness_a_point_is_unknown_until_it_is_heard():
    point, changes = resumed(up_at(), 10, 100)
    assert changes == (PointBecameUnknown(P1, at(10), at(100)),)
    assert presence.heard(point, at(99), at(101), LIMITS)[1] == ()
    assert presence.heard(point, at(103), at(103), LIMITS)[1] == (
        PointCameUp(P1, at(103), at(103)),
    )


def test_after_a_long_blindness_silence_is_down_from_when_the_centre_listened():
    point, _ = resumed(up_at(), 10, 100)
    assert presence.due(point, at(125), LIMITS)[1] == ()
    assert presence.due(point, at(126), LIMITS)[1] == (PointWentDown(P1, at(100), at(126)),)


def test_blindness_after_blindness_stays_one_unknown():
    point, _ = resumed(up_at(), 10, 100)
    assert resumed(point, 105, 108)[1] == ()


def test_a_point_that_was_down_stays_down_over_a_short_blindness():
    down, _ = presence.due(up_at(), at(26), LIMITS)
    point, changes = resumed(down, 30, 33)
    assert [STATE_OF[type(c)] for c in changes] == [PresenceState.UNKNOWN, PresenceState.DOWN]
    assert presence.heard(point, at(34), at(34), LIMITS)[1] == (PointCameUp(P1, at(34), at(34)),)


def test_while_the_centre_is_blind_nothing_that_comes_in_counts():
    blind, changes = presence.blinded(up_at(), blind_from=at(10), now=at(40))
    assert changes == (PointBecameUnknown(P1, at(10), at(40)),)
    assert presence.heard(blind, at(41), at(41), LIMITS) == (blind, ())
    assert presence.blinded(blind, blind_from=at(10), now=at(60)) == (blind, ())
    point, changes = resumed(blind, 10, 90)
    assert (point.state, changes) == (PresenceState.UNKNOWN, ())
    assert presence.due(point, at(115), LIMITS)[1] == ()
    assert presence.heard(point, at(91), at(92), LIMITS)[1] == (PointCameUp(P1, at(91), at(92)),)


def test_a_blindness_that_was_noticed_at_once_and_was_short_gives_back_what_was_before():
    blind, _ = presence.blinded(up_at(), blind_from=at(10), now=at(12))
    assert resumed(blind, 10, 14)[1] == (PointCameUp(P1, at(14), at(14)),)


events = st.lists(
    st.tuples(
        st.floats(0.1, 40), st.sampled_from(["heard", "late", "will", "media", "tick", "blind"])
    ),
    max_size=60,
)


@given(events)
def test_changes_follow_each_other_and_never_lie_in_the_future(steps):
    """Stored as intervals they never overlap: each begins where the last did, or later."""
    now_s, point, listening_since = 0.0, up_at(), 0.0
    for pause_s, event in steps:
        before_s, now_s = now_s, now_s + pause_s
        was = point
        changes = ()
        match event:
            case "heard":
                point, changes = presence.heard(point, at(now_s), at(now_s), LIMITS)
                assert point.state is PresenceState.UP
            case "late":
                point, changes = presence.heard(point, at(now_s - 20), at(now_s), LIMITS)
            case "will":
                point = presence.departed(point, at(now_s), LIMITS)
            case "media":
                point = presence.media_seen(point, at(now_s))
            case "tick":
                point, changes = presence.due(point, at(now_s), LIMITS)
                if changes and STATE_OF[type(changes[0])] is PresenceState.DOWN:
                    assert now_s - listening_since > 5
            case "blind":
                listening_since = now_s
                point, changes = resumed(point, before_s, now_s)
        begun = was.since
        for change in changes:
            assert begun <= change.began_at <= change.noticed_at == at(now_s)
            begun = change.began_at
        if changes:
            assert STATE_OF[type(changes[-1])] is point.state
            assert point.since == changes[-1].began_at
