"""How fast the past follows, and what is only waited for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.health.sending import (
    MAX_BACKLOG_PER_S,
    MAX_RUNS,
    MESSAGE_OVERHEAD_BYTES,
    OnTheWay,
    Pacer,
    backlog_rate_bps,
)


@pytest.mark.parametrize(
    ("measured", "contract", "expected"),
    [(8_000_000, 50_000_000, 800_000), (None, 50_000_000, 5_000_000), (None, None, 20_000)],
)
def test_backlog_takes_a_tenth_of_what_is_known(measured, contract, expected):
    assert backlog_rate_bps(measured_bps=measured, contract_bps=contract) == expected


def test_a_minute_of_backlog_stays_at_its_rate():
    pacer, now_s, sent_bytes = Pacer(), 0.0, 0
    while now_s < 60:
        now_s += pacer.wait_s(now_s)
        pacer.spend(now_s, 600, rate_bps=20_000)
        sent_bytes += 600 + MESSAGE_OVERHEAD_BYTES
    assert sent_bytes * 8 / 60 == pytest.approx(20_000, rel=0.02)


def test_a_message_is_waited_for_as_long_as_the_line_takes_for_it():
    pacer = Pacer()
    assert pacer.wait_s(10.0) == 0
    pacer.spend(10.0, 1000, rate_bps=8000)
    takes_s = (1000 + MESSAGE_OVERHEAD_BYTES) / 1000
    assert pacer.wait_s(10.0) == pytest.approx(takes_s)
    assert pacer.wait_s(10.0 + takes_s) == pytest.approx(0.0)
    assert pacer.wait_s(1000.0) == 0


def test_a_fast_line_carries_no_more_than_the_centre_asks_for():
    pacer, now_s = Pacer(), 0.0
    for _ in range(100):
        now_s += pacer.wait_s(now_s)
        pacer.spend(now_s, 600, rate_bps=10**9)
    assert now_s == pytest.approx(99 / MAX_BACKLOG_PER_S)


def sent(*seqs, outbox="outbox-a"):
    on_the_way = OnTheWay()
    for seq in seqs:
        on_the_way.add((outbox, seq))
    return on_the_way


def waited_for(on_the_way, seqs=range(1, 1000), outbox="outbox-a"):
    return [seq for seq in seqs if on_the_way.has((outbox, seq))]


def test_what_was_sent_is_waited_for_and_nothing_else():
    on_the_way = sent(5, 6, 7, 3, 2, 1)
    assert waited_for(on_the_way) == [1, 2, 3, 5, 6, 7]
    assert waited_for(on_the_way, outbox="outbox-b") == []
    on_the_way.clear()
    assert waited_for(on_the_way) == []


def test_what_the_broker_did_not_take_is_not_waited_for():
    on_the_way = sent(5, 6, 7)
    on_the_way.discard(("outbox-a", 7))
    assert waited_for(on_the_way) == [5, 6]
    on_the_way.add(("outbox-a", 7))
    assert waited_for(on_the_way) == [5, 6, 7]


def test_what_went_before_something_held_is_lost_and_not_waited_for():
    on_the_way = sent(7, 5, 8, 9)
    on_the_way.add(("outbox-b", 1))
    on_the_way.acknowledge("outbox-a", [(1, 4), (8, 8)])
    assert waited_for(on_the_way) == [9]
    assert waited_for(on_the_way, outbox="outbox-b") == [1]


def test_a_month_of_silence_fits_and_so_do_two_ways_of_sending_at_once():
    on_the_way = OnTheWay()
    live, past = 100_001, 100_000
    while past > 0:
        for _ in range(20):
            if past > 0:
                on_the_way.add(("outbox-a", past))
                past -= 1
        on_the_way.add(("outbox-a", live))
        live += 1
    some = range(1, live, 997)
    assert waited_for(on_the_way, some) == list(some)
    on_the_way.acknowledge("outbox-a", [(1, live - 1)])
    assert waited_for(on_the_way, some) == []


def test_memory_of_what_was_sent_is_bounded():
    on_the_way = sent(*range(1, 2 * MAX_RUNS + 3, 2))
    assert waited_for(on_the_way, (1, 3, 2 * MAX_RUNS + 1)) == [3, 2 * MAX_RUNS + 1]


@given(
    st.lists(st.booleans(), max_size=60),
    st.lists(st.tuples(st.integers(60, 140), st.integers(0, 9)), max_size=4),
)
def test_nothing_that_may_be_on_its_way_is_forgotten(is_live, held):
    """Two streams that take turns, and an exact list of them to compare with."""
    order, live, past = [], 100, 99
    for is_one in is_live:
        order.append(live if is_one else past)
        live, past = (live + 1, past) if is_one else (live, past - 1)
    ranges = [(low, low + more) for low, more in held]
    on_the_way = sent(*order)
    assert waited_for(on_the_way) == sorted(order)
    on_the_way.acknowledge("outbox-a", ranges)
    places = [i for i, seq in enumerate(order) if any(a <= seq <= b for a, b in ranges)]
    still_possible = set(order[max(places, default=-1) + 1 :])
    remembered = set(waited_for(on_the_way))
    assert still_possible <= remembered
    assert not any(a <= seq <= b for seq in remembered for a, b in ranges)
    if len(set(is_live)) < 2:
        assert remembered == still_possible
