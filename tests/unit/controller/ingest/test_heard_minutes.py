"""What rooms heard of meetings, as it is kept."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from contracts.sound_span import SoundSpan
from controller.ingest.heard_minutes import (
    MOST_MINUTES,
    KeptMinutes,
    Minutes,
    added,
    heard_of,
    minutes_of,
)
from monitoring.judgement.uninterrupted import MinuteHeard

T0 = datetime(2026, 7, 23, 7, 0, tzinfo=UTC)
FIRST = int(T0.timestamp()) // 60


def span(ago_s: float, over_s: float, lost_s: float = 0.0) -> SoundSpan:
    over_ms = int(1000 * over_s)
    return SoundSpan(
        ago_ms=int(1000 * ago_s), over_ms=over_ms, heard_ms=over_ms - int(1000 * lost_s)
    )


def test_a_span_is_of_the_minute_that_its_middle_is_in():
    at = T0 + timedelta(seconds=66.3)  # the point's clock is a little late by the centre's
    assert minutes_of([span(11, 5, 1), span(6, 5)], at) == {
        FIRST: (4_000, 5_000),
        FIRST + 1: (5_000, 5_000),
    }


def test_what_is_kept_comes_back():
    kept = added(None, {FIRST: (58_000, 60_000), FIRST + 2: (0, 30_000)})
    assert kept is not None and kept.begins_at == T0
    assert heard_of(kept) == {
        T0: MinuteHeard(58_000, 60_000),
        T0 + timedelta(minutes=2): MinuteHeard(0, 30_000),
    }


def test_nothing_of_a_minute_is_more_than_a_minute():
    kept = added(added(None, {FIRST: (60_000, 60_000)}), {FIRST: (60_000, 60_000)})
    assert kept is not None and heard_of(kept) == {T0: MinuteHeard(60_000, 60_000)}


def test_a_clock_that_leaps_makes_no_long_text():
    kept = added(None, {FIRST: (1, 1), FIRST + 1: (1, 1)})
    kept = added(kept, {FIRST + MOST_MINUTES + 1: (1, 1), FIRST - MOST_MINUTES: (1, 1)})
    assert kept is not None and heard_of(kept).keys() == {T0, T0 + timedelta(minutes=1)}
    assert len(added(None, {FIRST + n: (1, 1) for n in range(2 * MOST_MINUTES)}).text) < 16_000


def test_one_minute_of_a_wrong_clock_displaces_none_of_those_that_follow():
    kept = added(None, {FIRST - 365 * 1440: (60_000, 60_000)})
    for number in range(60):
        kept = added(kept, {FIRST + number: (60_000, 60_000)})
    kept = added(kept, {FIRST + 365 * 1440: (60_000, 60_000)})
    assert kept is not None and kept.begins_at == T0 and len(heard_of(kept)) == 60


def test_what_is_told_twice_covers_no_loss_up():
    kept = added(added(None, {FIRST: (30_000, 60_000)}), {FIRST: (60_000, 60_000)})
    assert kept is not None and heard_of(kept) == {T0: MinuteHeard(30_000, 60_000)}


def test_a_year_of_a_large_province_is_small():
    ninety = added(None, {FIRST + n: (60_000, 60_000) for n in range(90)})
    assert ninety is not None
    row = len(ninety.text) + 2 * 40 + 2 * 8
    assert row * 170 * 500 < 60e6


parts = st.lists(
    st.dictionaries(
        st.integers(FIRST, FIRST + 5),
        st.integers(0, 8_000).flatmap(lambda o: st.tuples(st.integers(0, o), st.just(o))),
        min_size=1,
    ),
    min_size=1,
    max_size=4,
)


@given(parts)
def test_whatever_comes_first_the_sum_is_the_same(some: list[Minutes]):
    sums: dict[int, list[int]] = {}
    for one in some:
        for number, pair in one.items():
            before = sums.setdefault(number, [0, 0])
            before[0], before[1] = before[0] + pair[0], before[1] + pair[1]
    found = []
    for order in permutations(some):
        kept: KeptMinutes | None = None
        for one in order:
            kept = added(kept, one)
        found.append(kept)
    assert all(one == found[0] for one in found)
    assert found[0] is not None
    expected = {n: MinuteHeard(*pair) for n, pair in sums.items() if pair[1]}
    by_number = {(at - T0) // timedelta(minutes=1): one for at, one in heard_of(found[0]).items()}
    assert {n + FIRST: one for n, one in by_number.items()} == expected
