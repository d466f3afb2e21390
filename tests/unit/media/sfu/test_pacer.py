"""Packets spread over time: no long train, no long wait, nothing lost, nothing out of order."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sfu.downlink import Downlink
from media.sfu.ladder import Rung
from media.sfu.pacer import LONGEST_S, TRAIN_PACKETS, PicturePacer
from media.sfu.sizes import Size
from tests.unit.media.sfu.test_ladder import Given

STEP_S = 0.005


def gone(pacer, bursts, *, seconds=1.0):
    """Give bursts as (when, sizes); return each packet as (number, put, gone, size)."""
    waiting, found, number, step = sorted(bursts, key=lambda b: b[0]), [], 0, 0
    put, sent = {}, []
    while step * STEP_S <= seconds or not pacer.is_empty:
        now = step * STEP_S
        while waiting and waiting[0][0] <= now:
            for size in waiting.pop(0)[1]:
                pacer.hold(partial(sent.append, (number, size)), size, now=now)
                put[number] = now
                number += 1
        sent.clear()
        for send in pacer.due(now=now):
            send.func(*send.args)
        found.append([(n, put[n], now, size) for n, size in sent])
        step += 1
    return found


def test_a_keyframe_is_spread_at_the_rate_of_the_line():
    pacer = PicturePacer()
    pacer.bps = 2e6
    steps = gone(pacer, [(0.0, [1100] * 18)])
    sent = [packet for step in steps for packet in step]
    assert [number for number, *_ in sent] == list(range(18))
    assert max(len(step) for step in steps) <= 3
    assert 0.05 <= sent[-1][2] <= LONGEST_S


def test_a_large_keyframe_on_a_thin_line_makes_no_queue_that_sound_waits_in():
    pacer, rate_bps = PicturePacer(), 700e3
    pacer.bps = 0.9 * rate_bps
    sent = [packet for step in gone(pacer, [(0.0, [1100] * 36)]) for packet in step]
    free_at, longest_s = 0.0, 0.0
    for _, _, now, size in sent:
        longest_s = max(longest_s, free_at - now)
        free_at = max(free_at, now) + 8 * size / rate_bps
    assert len(sent) == 36
    assert longest_s <= 0.12


def test_a_line_with_room_gets_what_was_held_at_once_and_holds_no_more():
    pacer = PicturePacer()
    assert not pacer.is_needed
    pacer.bps = 1e6
    sends = [lambda now: None, lambda now: None]
    for send in sends:
        pacer.hold(send, 1100, now=5.0)
    pacer.bps = None
    assert pacer.is_needed
    assert pacer.due(now=5.0) == sends
    assert not pacer.is_needed


def test_nothing_goes_while_too_much_is_on_the_way_and_half_a_second_at_most():
    pacer, sends = PicturePacer(), [lambda now: None]
    pacer.stop(is_overfull=True, now=5.0)
    assert pacer.is_needed, "also on a line with room"
    pacer.hold(sends[0], 1100, now=5.0)
    assert pacer.due(now=5.4) == []
    assert pacer.due(now=5.5) == sends
    pacer.hold(sends[0], 1100, now=5.5)
    pacer.stop(is_overfull=False, now=5.55)
    assert pacer.due(now=5.55) == sends


@given(
    st.floats(64e3, 8e6),
    st.lists(
        st.tuples(st.floats(0, 1), st.lists(st.integers(60, 1200), min_size=1, max_size=60)),
        min_size=1,
        max_size=25,
    ),
)
def test_no_train_is_long_and_no_packet_waits_for_long(bps, bursts):
    pacer = PicturePacer()
    pacer.bps = bps
    steps = gone(pacer, bursts)
    sent = [packet for step in steps for packet in step]
    assert [number for number, *_ in sent] == list(range(sum(len(b) for _, b in bursts)))
    assert max(len(step) for step in steps) <= TRAIN_PACKETS
    for number, put, left, _ in sent:
        held = sum(1 for n, p, at, _ in sent if n <= number and at >= put)
        least_s = held / TRAIN_PACKETS * STEP_S  # so many trains, whatever the line carries
        assert left - put <= LONGEST_S + least_s + STEP_S


def test_pictures_are_spread_where_the_line_has_little_room():
    high = Given(Size.HIGH, 1_500_000.0)
    wide, tight = Downlink(start_bps=4e6), Downlink(start_bps=1.7e6)
    for line in (wide, tight):
        line.pictures = {"stage": (high,)}
        line.adapt(now=1.0)
        assert line.rung is Rung.HIGH
    assert wide.pacer.bps is None
    assert tight.pacer.bps == 1.7e6


@pytest.mark.parametrize(("largest_bytes", "is_spread"), [(15_000, False), (26_000, True)])
def test_pictures_are_spread_where_a_keyframe_alone_would_keep_the_line_busy(
    largest_bytes, is_spread
):
    line = Downlink(start_bps=1e6)
    line.pictures = {"stage": (Given(Size.HIGH, 300e3, largest_bytes),)}
    line.adapt(now=1.0)
    assert (line.pacer.bps is not None) is is_spread


def test_a_machine_that_is_late_does_not_gather_what_it_is_late_with():
    pacer, late_s, waited_s = PicturePacer(), 0.05, []
    pacer.bps = 1e6
    for turn in range(200):
        now = turn * late_s
        for _ in range(20):
            pacer.hold(waited_s.append, 1100, now=now)
        for send in pacer.due(now=now + late_s):
            send(now)
    assert len(waited_s) >= 200 * 20 - 20 * (LONGEST_S / late_s + 1)
