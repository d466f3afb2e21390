"""Whether a point heard a meeting, by the minute."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.judgement.periods import Period
from monitoring.judgement.uninterrupted import (
    MINUTE,
    HeardEvidence,
    HeardVerdict,
    MinuteHeard,
    MinuteState,
    PointJudged,
    held_minutes,
    judged,
)

T0 = datetime(2026, 7, 23, 7, 0, tzinfo=UTC)
Told = dict[datetime, MinuteHeard]
HELD = held_minutes(T0, T0 + timedelta(minutes=10))


def at(minute: float) -> datetime:
    """Return so many minutes after the beginning."""
    return T0 + timedelta(minutes=minute)


def record(lost_ms: dict[int, int] | None = None, *, of: range = range(10)) -> Told:
    """Return what a room told that heard all but what is said."""
    lost = lost_ms or {}
    return {at(n): MinuteHeard(60_000 - lost.get(n, 0), 60_000) for n in of}


def states(found: PointJudged) -> str:
    """Return its minutes in short."""
    return "".join(one.state.value for one in found.minutes)


@pytest.mark.parametrize(
    ("began_s", "ended_s", "expected"),
    [(0, 600, 10), (2, 600, 10), (3, 600, 9), (0, 598, 10), (0, 597, 9), (0, 57, 0), (30, 30, 0)],
)
def test_a_minute_counts_that_was_held_for_58_seconds(began_s, ended_s, expected):
    found = held_minutes(T0 + timedelta(seconds=began_s), T0 + timedelta(seconds=ended_s))
    assert len(found) == expected


def test_a_meeting_that_nobody_ended_is_judged_for_two_days():
    assert len(held_minutes(T0, T0 + timedelta(days=400))) == 2 * 24 * 60


@pytest.mark.parametrize(
    ("lost_ms", "expected", "verdict"),
    [
        ({}, "GGGGGGGGGG", HeardVerdict.UNINTERRUPTED),
        ({3: 2_000}, "GGGGGGGGGG", HeardVerdict.UNINTERRUPTED),
        ({3: 2_001}, "GGGBGGGGGG", HeardVerdict.UNINTERRUPTED),
        ({3: 2_001, 7: 60_000}, "GGGBGGGBGG", HeardVerdict.INTERRUPTED),
    ],
)
def test_two_seconds_of_a_minute_may_be_lost_and_a_minute_of_a_meeting(lost_ms, expected, verdict):
    found = judged(HELD, HeardEvidence(record(lost_ms)), allowed=1)
    assert (states(found), found.verdict) == (expected, verdict)


def test_a_cut_is_as_long_as_what_was_lost_in_minutes_on_end():
    found = judged(
        HELD, HeardEvidence(record({2: 5_000, 3: 60_000, 4: 25_000, 8: 40_000})), allowed=1
    )
    assert found.longest_cut_s == 90


def test_between_two_words_of_its_own_a_silent_room_heard_nothing():
    told = record(of=range(4)) | record(of=range(6, 10))
    stays = [Period(at(-5), at(10))]  # a relay notices late that somebody is gone
    found = judged(HELD, HeardEvidence(told, stays), allowed=1)
    assert (states(found), found.longest_cut_s) == ("GGGGBBGGGG", 120)


def test_after_its_last_word_the_relay_says_whether_it_was_out():
    told = record(of=range(4))
    found = judged(HELD, HeardEvidence(told, [Period(at(-5), at(4.5))]), allowed=1)
    assert states(found) == "GGGGBBBBBB"
    found = judged(HELD, HeardEvidence(told, [Period(at(-5), at(10))]), allowed=1)
    assert (states(found), found.verdict) == ("GGGGUUUUUU", HeardVerdict.UNKNOWN)


def test_where_no_relay_was_heard_the_presence_of_the_point_says_so():
    found = judged(HELD, HeardEvidence({}, None, [Period(at(2), at(5))]), allowed=1)
    assert (states(found), found.verdict) == ("UUBBBUUUUU", HeardVerdict.INTERRUPTED)


def test_of_an_old_agent_that_was_in_nothing_is_known():
    found = judged(HELD, HeardEvidence({}, [Period(at(-5), at(11))]), allowed=1)
    assert (found.verdict, found.count(MinuteState.GOOD)) == (HeardVerdict.UNKNOWN, 0)
    assert all(one.heard_ms is None for one in found.minutes)


def test_who_never_came_did_not_hear_it():
    found = judged(HELD, HeardEvidence({}, []), allowed=1)
    assert (found.verdict, found.longest_cut_s) == (HeardVerdict.INTERRUPTED, 600)


def test_what_was_declared_is_excused_and_nothing_else():
    lost = HeardEvidence(record({2: 60_000, 3: 60_000, 4: 60_000}), excused=[Period(at(2), at(5))])
    found = judged(HELD, lost, allowed=1)
    assert (states(found), found.verdict) == ("GGEEEGGGGG", HeardVerdict.EXCLUDED)
    later = HeardEvidence(record({2: 60_000, 3: 60_000, 6: 3_000, 7: 3_000}),
                          excused=[Period(at(2), at(5))])  # fmt: skip
    assert judged(HELD, later, allowed=1).verdict is HeardVerdict.INTERRUPTED
    unhurt = HeardEvidence(record(), excused=[Period(at(2), at(5))])
    assert judged(HELD, unhurt, allowed=1).verdict is HeardVerdict.UNINTERRUPTED


def test_who_is_absent_with_a_reason_is_excluded():
    found = judged(HELD, HeardEvidence({}, [], is_absent=True), allowed=1)
    assert found.verdict is HeardVerdict.EXCLUDED


def test_of_a_meeting_without_a_whole_minute_nothing_is_said():
    found = judged((), HeardEvidence({}, []), allowed=1)
    assert (found.verdict, found.begins_at, found.longest_cut_s) == (HeardVerdict.UNKNOWN, None, 0)


periods = st.lists(
    st.tuples(st.floats(-2, 12), st.floats(0.01, 5)).map(
        lambda one: Period(at(one[0]), at(one[0] + one[1]))
    ),
    max_size=3,
)
minutes = st.dictionaries(
    st.integers(-2, 12).map(at),
    st.integers(0, 60_000).flatmap(
        lambda over: st.builds(MinuteHeard, st.integers(0, over), st.just(over))
    ),
)


@given(minutes, st.none() | periods, periods, periods, st.booleans(), st.integers(0, 5))
def test_the_parts_of_a_meeting_are_all_of_it(told, stays, silences, excused, is_absent, allowed):
    one_stay = None if stays is None else stays[:1]
    evidence = HeardEvidence(told, one_stay, silences[:1], excused, is_absent)
    found = judged(HELD, evidence, allowed=allowed)
    assert sum(found.count(one) for one in MinuteState) == len(HELD)
    assert 0 <= found.longest_cut_s <= len(HELD) * MINUTE.total_seconds()
    for one in found.minutes:
        assert (one.heard_ms is None) == (one.state is MinuteState.UNKNOWN)
        assert one.heard_ms is None or 0 <= one.heard_ms <= 60_000
    bad = found.count(MinuteState.BAD)
    assert (found.verdict is HeardVerdict.INTERRUPTED) == (bad > allowed and not is_absent)


def test_what_was_told_of_before_the_meeting_begins_no_record_of_it():
    told = {at(-20 * 60): MinuteHeard(1, 1), at(9): MinuteHeard(60_000, 60_000)}
    stays = (Period(T0, T0 + timedelta(minutes=10)),)
    found = judged(HELD, HeardEvidence(record=told, stays=stays), allowed=1)
    assert found.verdict is HeardVerdict.UNKNOWN
