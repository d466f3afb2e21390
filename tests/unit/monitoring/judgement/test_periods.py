"""Sets of spans are what counting moments says."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.local_days import midnight
from monitoring.judgement.periods import (
    Period,
    common,
    in_utc,
    joined,
    overlap,
    total,
    touch,
    without,
)

T0 = datetime(2026, 11, 24, tzinfo=UTC)
LAST = 60


def at(seconds):
    return T0 + timedelta(seconds=seconds)


spans = st.lists(
    st.tuples(st.integers(0, LAST - 1), st.integers(0, 12)).map(
        lambda one: Period(at(one[0]), at(min(LAST, one[0] + one[1])))
    ),
    max_size=8,
)


def moments(periods):
    return {n for n in range(LAST) if any(one.begins_at <= at(n) < one.ends_at for one in periods)}


def is_set(periods):
    ends = [edge for one in periods for edge in (one.begins_at, one.ends_at)]
    return ends == sorted(set(ends))


@given(spans, spans)
def test_sets_are_what_their_moments_are(one, other):
    first, second = joined(one), joined(other)
    assert is_set(first)
    assert moments(first) == moments(one)
    both, rest = common(first, second), without(first, second)
    assert is_set(both)
    assert is_set(rest)
    assert moments(both) == moments(one) & moments(other)
    assert moments(rest) == moments(one) - moments(other)
    assert total(rest) + total(both) == total(first)
    for span in one:
        shared = moments([span]) & moments(other)
        assert overlap(span, second).total_seconds() == len(shared)
        assert any(touch(span, period) for period in second) == bool(shared)


def test_a_span_is_the_same_in_utc():
    day = Period(midnight(date(2026, 11, 24)), midnight(date(2026, 11, 25)))
    assert in_utc(day) == day
    assert in_utc(day).begins_at.tzinfo is UTC
