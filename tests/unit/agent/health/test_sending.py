"""How fast the past follows, and what is only waited for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.health.sending import (
    MAX_RECENT,
    MESSAGE_OVERHEAD_BYTES,
    RESEND_AFTER_S,
    Pacer,
    RecentlySent,
    backlog_rate_bps,
)
from agent.point.ranges import gaps


@pytest.mark.parametrize(
    ("measured", "contract", "expected"),
    [(8_000_000, 50_000_000, 800_000), (None, 50_000_000, 5_000_000), (None, None, 20_000)],
)
def test_backlog_takes_a_tenth_of_what_is_known(measured, contract, expected):
    assert backlog_rate_bps(measured_bps=measured, contract_bps=contract) == expected


def test_a_minute_of_backlog_stays_at_its_rate():
    pacer, now_s, sent_bytes = Pacer(), 0.0, 0
    while now_s < 60:
        now_s += pacer.wait_s(now_s, rate_bps=20_000)
        pacer.spend(now_s, 600, rate_bps=20_000)
        sent_bytes += 600 + MESSAGE_OVERHEAD_BYTES
    assert sent_bytes * 8 / 60 == pytest.approx(20_000, rel=0.02)


def test_a_clock_that_stands_still_or_goes_back_does_no_harm():
    pacer = Pacer()
    pacer.spend(10.0, 1000, rate_bps=8000)
    first_s = pacer.wait_s(10.0, rate_bps=8000)
    assert pacer.wait_s(5.0, rate_bps=8000) == first_s
    assert pacer.wait_s(5.0 + first_s, rate_bps=8000) == pytest.approx(0.0)


def test_what_was_sent_is_waited_for_and_then_sent_again():
    recent = RecentlySent()
    recent.add(("outbox-a", 1), 100.0)
    assert recent.has(("outbox-a", 1), 100.0 + RESEND_AFTER_S - 0.1)
    assert not recent.has(("outbox-b", 1), 100.0)
    assert not recent.has(("outbox-a", 1), 100.0 + RESEND_AFTER_S)


def test_sending_twice_counts_from_the_second_time():
    recent = RecentlySent()
    recent.add(("outbox-a", 1), 0.0)
    recent.add(("outbox-a", 2), 1.0)
    recent.add(("outbox-a", 1), 40.0)
    assert recent.has(("outbox-a", 1), 50.0)
    assert not recent.has(("outbox-a", 2), 50.0)


def test_what_went_before_something_held_is_lost_and_not_waited_for():
    recent = RecentlySent()
    for seq in (7, 5, 8, 9):
        recent.add(("outbox-a", seq), 1.0)
    recent.add(("outbox-b", 1), 0.0)
    recent.acknowledge("outbox-a", [(1, 4), (8, 8)])
    waited_for = [seq for seq in (5, 7, 8, 9) if recent.has(("outbox-a", seq), 2.0)]
    assert waited_for == [9]
    assert recent.has(("outbox-b", 1), 2.0)


def test_memory_of_what_was_sent_is_bounded():
    recent = RecentlySent()
    for seq in range(1, MAX_RECENT + 2):
        recent.add(("outbox-a", seq), 0.0)
    assert not recent.has(("outbox-a", 1), 0.0)
    assert recent.has(("outbox-a", 2), 0.0)


_seqs = st.sets(st.integers(1, 60))


@given(_seqs, st.integers(1, 60), st.integers(0, 70))
def test_gaps_are_exactly_what_is_missing(held, first, last):
    ranges = [(seq, seq) for seq in held]
    missing = {
        seq for low, high in gaps(ranges, first=first, last=last) for seq in range(low, high + 1)
    }
    assert missing == {seq for seq in range(first, last + 1) if seq not in held}


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 50)), max_size=8), st.integers(0, 60))
def test_any_ranges_from_the_wire_give_ordered_gaps(ranges, last):
    found = gaps(ranges, first=1, last=last)
    held = {seq for low, high in ranges for seq in range(low, high + 1)}
    assert [seq for low, high in found for seq in range(low, high + 1)] == [
        seq for seq in range(1, last + 1) if seq not in held
    ]
