"""Order, gaps, asking again and giving up, at the edges of 16 bits."""

import random

import pytest

from media.client.jitter_buffer import JitterBuffer, Released


def pushed(order, seqs, now_ms=0):
    return [item for seq in seqs for item in order.push(seq, seq, now_ms)]


@pytest.mark.parametrize("first", [0, 100, 65534])
def test_passes_what_is_in_order(first):
    seqs = [(first + i) % 65536 for i in range(5)]
    assert pushed(JitterBuffer(100), seqs) == [Released(seq, 0) for seq in seqs]


@pytest.mark.parametrize("first", [10, 65535])
def test_holds_what_came_early(first):
    second, third = (first + 1) % 65536, (first + 2) % 65536
    order = JitterBuffer(100)
    assert pushed(order, [first, third]) == [Released(first, 0)]
    assert pushed(order, [second]) == [Released(second, 0), Released(third, 0)]
    assert order.lost_total == 0


def test_gives_up_exactly_when_patience_ends():
    order = JitterBuffer(100)
    pushed(order, [1])
    assert pushed(order, [4], now_ms=1000) == []
    assert order.expire(1099) == []
    assert order.expire(1100) == [Released(4, 2)]
    assert order.lost_total == 2


def test_a_late_packet_behind_a_given_up_gap_is_dropped():
    order = JitterBuffer(100)
    pushed(order, [1, 3])
    order.expire(100)
    assert order.push(2, 2, 101) == []


def test_asks_for_what_is_missing_a_few_times_and_not_for_what_arrived():
    order = JitterBuffer(1000)
    pushed(order, [1, 4, 2])
    assert [order.missing.due(now_ms=n) for n in (10, 115, 220, 325)] == [[3], [3], [3], []]


@pytest.mark.parametrize("jump", [40_000, 5_000, 62_000])
def test_a_stream_that_starts_anew_is_followed_and_its_hole_is_told(jump):
    order = JitterBuffer(100)
    pushed(order, [1, 2])
    assert order.push(jump, jump, 0) == [Released(jump, 1)]
    assert order.push(jump + 1, jump + 1, 0) == [Released(jump + 1, 0)]
    assert order.lost_total == 1


def test_what_was_held_and_missing_at_a_jump_is_lost():
    order = JitterBuffer(100)
    pushed(order, [1, 4])
    assert order.push(30_000, 30_000, 0) == [Released(30_000, 3)]
    assert order.lost_total == 3


def test_doubles_are_dropped():
    order = JitterBuffer(100)
    assert len(pushed(order, [7, 7, 9, 9, 8])) == 3
    assert order.received_total == 3


@pytest.mark.parametrize("seed", range(20))
def test_everything_comes_out_once_and_in_order_under_loss_and_shuffling(seed):
    chance = random.Random(seed)
    order = JitterBuffer(80)
    sent = [(60_000 + i) % 65536 for i in range(8_000)]
    arrivals = sorted(
        (index + chance.random() * 12, seq)
        for index, seq in enumerate(sent)
        if chance.random() > 0.02 or index == 0
    )
    released, lost = [], 0
    for at_ms, seq in arrivals:
        for item in order.push(seq, seq, int(at_ms)):
            released.append(item.packet)
            lost += item.lost_before
    for item in order.expire(100_000):
        released.append(item.packet)
        lost += item.lost_before
    positions = [(seq - sent[0]) % 65536 for seq in released]
    assert positions == sorted(set(positions))
    # What was sent before the first packet that arrived is not waited for.
    first = arrivals[0][1]
    assert len(released) == sum(1 for _, seq in arrivals if (seq - first) % 65536 < 32768)
    assert lost == order.lost_total


def test_measures_how_late_missing_packets_come_also_those_given_up():
    order = JitterBuffer(patience_ms=100)
    order.push(1, "a", 0)
    order.push(3, "c", 20)
    order.push(2, "b", 70)
    assert order.lateness_ms == 50
    order.push(5, "e", 100)
    assert [r.packet for r in order.expire(200)] == ["e"]
    order.push(4, "d", 650)
    assert (order.lateness_ms, order.lost_total) == (550, 1)
    order.push(7, "g", 700)
    order.push(6, "f", 710)
    assert 500 < order.lateness_ms < 550


def test_what_comes_twice_or_was_never_missed_is_not_late():
    order = JitterBuffer(patience_ms=100)
    for seq, now_ms in ((1, 0), (2, 20), (1, 900), (2, 950)):
        order.push(seq, seq, now_ms)
    assert order.lateness_ms == 0
