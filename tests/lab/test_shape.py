"""The emulated line does what its shape says, by its own clock."""

import pytest

from tests.lab.shape import Direction, Shape

PACKET = bytes(1000)


def carried(shape, *, count=1000, every_s=0.01, seed=1):
    direction = Direction(shape, seed)
    out = []
    for index in range(count):
        now_s = index * every_s
        out += [(now_s, packet) for packet in direction.due(now_s)]
        direction.put(PACKET, now_s)
    out += [(1e9, packet) for packet in direction.due(1e9)]
    return direction, out


def test_the_same_seed_loses_the_same_packets():
    shape = Shape(loss_ratio=0.1)
    assert len(carried(shape, seed=3)[1]) == len(carried(shape, seed=3)[1])
    assert len(carried(shape, seed=3)[1]) != len(carried(shape, seed=4)[1])


@pytest.mark.parametrize("burst_packets", [1, 5])
def test_as_many_are_lost_as_the_ratio_says_in_runs_or_not(burst_packets):
    shape = Shape(loss_ratio=0.1, burst_packets=burst_packets)
    direction, out = carried(shape, count=40_000)
    assert 0.08 < direction.read().lost / 40_000 < 0.12
    assert 0.88 < len(out) / 40_000 < 0.92


def test_a_queue_that_is_full_refuses_and_never_grows():
    # 1,000 bytes every 10 ms are 800 kbit/s, for a line of 400.
    direction, out = carried(Shape(rate_bps=400_000, queue_ms=200))
    counts = direction.read()
    assert counts.overflowed == pytest.approx(500, abs=20)
    assert counts.queue_max_ms <= 220
    assert len(out) == 1000 - counts.overflowed


def test_what_is_delayed_comes_out_in_order_and_late():
    direction = Direction(Shape(delay_ms=100, jitter_ms=50), 1)
    for index in range(20):
        direction.put(bytes([index]), index * 0.001)
    assert direction.due(0.1) == []
    assert [packet[0] for packet in direction.due(0.2)] == list(range(20))


def test_a_cut_line_and_a_packet_too_large_carry_nothing():
    direction = Direction(Shape(mtu=900), 1)
    direction.put(PACKET, 0)
    direction.shape = Shape(is_cut=True)
    direction.put(PACKET, 0)
    assert direction.due(1e9) == []
    counts = direction.read()
    assert (counts.too_large, counts.lost) == (1, 1)
