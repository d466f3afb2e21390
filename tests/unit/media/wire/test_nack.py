"""What is asked for again, and when, over wrapping, shuffled, doubled and lost numbers."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.client.jitter_buffer import JitterBuffer
from media.wire.nack import (
    GIVE_UP_MS,
    MAX_MISSING,
    MAX_REQUESTS,
    REORDER_MS,
    SHORTEST_WAIT_MS,
    NackGenerator,
)


@st.composite
def arrivals(draw):
    """Arrivals of one stream, every millisecond one: (ms, place in what was sent)."""
    count = draw(st.integers(2, 60))
    delays = draw(st.lists(st.integers(0, 25), min_size=count, max_size=count))
    copies = draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
    at = [(0, 0)]  # what came before the first that arrived is nobody's
    for place in range(1, count):
        at += [(place + delays[place] + 7 * n, place) for n in range(copies[place])]
    return sorted(at)


@given(start=st.integers(0, 65_535), came=arrivals(), round_trip_ms=st.integers(0, 400))
def test_every_number_that_is_missing_is_asked_for_in_its_time_and_no_other(
    start, came, round_trip_ms
):
    generator = NackGenerator()
    noticed, asked, here = {}, {}, set()
    pause_ms = max(SHORTEST_WAIT_MS, 1.5 * round_trip_ms)
    last_ms = came[-1][0]
    for now_ms in range(int(last_ms + REORDER_MS + (MAX_REQUESTS + 1) * (pause_ms + 1))):
        for place in (place for at_ms, place in came if at_ms == now_ms):
            since = generator.received((start + place) & 0xFFFF, now_ms=now_ms)
            assert since == (noticed.get(place) if place not in here else None)
            here.add(place)
            for before in range(max(here)):
                if before not in here:
                    noticed.setdefault(before, now_ms)
        for number in generator.due(now_ms=now_ms, round_trip_ms=round_trip_ms):
            place = (number - start) & 0xFFFF
            assert place not in here
            before = asked.setdefault(place, [])
            due_ms = before[-1] + pause_ms if before else noticed[place] + REORDER_MS
            assert due_ms <= now_ms < due_ms + 1
            before.append(now_ms)
    missing = set(range(max(here))) - here
    assert generator.count == len(missing)
    assert {place for place in asked if len(asked[place]) == MAX_REQUESTS} >= missing
    assert all(len(times) <= MAX_REQUESTS for times in asked.values())


@given(start=st.integers(0, 65_535), came=arrivals(), patience_ms=st.integers(1, 40))
def test_a_jitter_buffer_gives_everything_once_in_order_and_counts_the_rest(
    start, came, patience_ms
):
    order = JitterBuffer(patience_ms)
    released = []
    for at_ms, place in came:
        released += order.expire(at_ms)
        released += order.push((start + place) & 0xFFFF, place, at_ms)
    released += order.expire(came[-1][0] + patience_ms)
    places = [one.packet for one in released]
    assert places == sorted(set(places))
    assert [b - a - 1 for a, b in itertools.pairwise(places)] == [
        one.lost_before for one in released[1:]
    ]
    assert places[-1] == max(place for _, place in came)
    assert order.missing.count == 0


@pytest.mark.parametrize("start", [0, 65_534])
def test_gaps_are_asked_for_after_a_round_trip_and_a_half_until_filled(start):
    missing = NackGenerator()
    for step in (0, 1, 4):
        missing.received((start + step) & 0xFFFF, now_ms=0)
    expected = [(start + 2) & 0xFFFF, (start + 3) & 0xFFFF]
    assert missing.due(now_ms=9, round_trip_ms=100) == []  # may still come by itself
    assert missing.due(now_ms=10, round_trip_ms=100) == expected
    assert missing.due(now_ms=159, round_trip_ms=100) == []
    assert missing.received(expected[0], now_ms=159) == 0
    assert missing.due(now_ms=160, round_trip_ms=100) == expected[1:]


@pytest.mark.parametrize("round_trip_ms", [1, 40, 250])
def test_the_answer_to_the_last_request_is_awaited_and_not_much_longer(round_trip_ms):
    nack = NackGenerator(max_requests=3)
    nack.received(0, now_ms=0)
    nack.received(2, now_ms=0)
    asked = [ms for ms in range(0, 4000, 20) if nack.due(now_ms=ms, round_trip_ms=round_trip_ms)]
    assert len(asked) == 3
    spare_ms = nack.answered_ms(round_trip_ms=round_trip_ms) - asked[-1] - round_trip_ms
    assert 90 <= spare_ms <= 160


def test_a_gap_is_given_up():
    missing = NackGenerator(give_up_ms=GIVE_UP_MS)
    missing.received(1, now_ms=0)
    missing.received(3, now_ms=0)
    assert missing.due(now_ms=GIVE_UP_MS - 1) == [2]
    assert missing.due(now_ms=GIVE_UP_MS) == []
    assert missing.count == 0


def test_an_outage_is_not_asked_for():
    missing = NackGenerator()
    missing.received(1, now_ms=0)
    missing.received(1 + MAX_MISSING + 1, now_ms=1)
    assert missing.count == 0


def test_what_does_not_fit_one_request_is_asked_for_with_the_next():
    missing = NackGenerator(max_step=1000)
    missing.received(0, now_ms=0)
    missing.received(401, now_ms=0)
    assert missing.due(now_ms=20) == list(range(1, 257))
    assert missing.due(now_ms=40) == list(range(257, 401))


def test_whoever_leaves_out_nearly_everything_opens_no_gaps_without_end():
    nacks = NackGenerator(give_up_ms=1_000)
    for number in range(2_000):
        nacks.received(number * 255 & 0xFFFF, now_ms=number / 4)
        assert nacks.count <= 4 * MAX_MISSING
    assert nacks.count
