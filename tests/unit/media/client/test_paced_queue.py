"""A picture's packets go one after another, at the line's rate, and are not kept for ever."""

import pytest

from media.client.paced_queue import GIVEN_UP_S, TRAIN_PACKETS, PacedQueue


def drained(queue, bps, *, step_s=0.001, most_s=5.0):
    """Return when each item went."""
    went, now = [], 10.0
    while queue.next_at is not None and now < 10.0 + most_s:
        went += [(now - 10.0, item) for item in queue.take(bps, now=now)]
        now += step_s
    return went


@pytest.mark.parametrize("bps", [500_000, 2_000_000, 50_000_000])
def test_no_train_is_longer_than_five_packets_or_five_milliseconds(bps):
    queue = PacedQueue()
    for number in range(20):
        queue.push(number, 1200)
    went = drained(queue, bps)
    assert [number for _, number in went] == list(range(20))
    for at, _ in went:
        train = [t for t, _ in went if at <= t < at + 0.005]
        assert len(train) <= TRAIN_PACKETS
        assert (len(train) - 1) * 1200 * 8 / bps <= 0.005 * 1.25 + 1200 * 8 / bps


def test_a_picture_takes_as_long_as_the_line_does_with_a_little_less():
    queue = PacedQueue()
    for number in range(10):
        queue.push(number, 1250)
    assert drained(queue, 1_000_000)[-1][0] == pytest.approx(9 * 0.008, abs=0.011)


def test_a_long_queue_is_let_go_of_faster_and_a_hopeless_one_given_up():
    queue = PacedQueue()
    for number in range(100):
        queue.push(number, 1250)
    assert queue.is_hopeless(100_000)
    assert not queue.is_hopeless(1_000_000 / GIVEN_UP_S)
    assert queue.is_hopeless(0.99e6 / GIVEN_UP_S, is_firm=True), "no faster than that"
    assert drained(queue, 100_000, most_s=30)[-1][0] < 10
    queue.push(1, 1250)
    queue.clear()
    assert queue.next_at is None
    assert queue.take(1e6, now=99.0) == []
