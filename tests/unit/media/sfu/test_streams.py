"""What is known of a stream: gaps, requests, reports, arrivals, life."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sfu.counters import SfuCounters
from media.sfu.ingress import BEGINNINGS_BURST
from media.sfu.keyframes import BURST, RETRY_S, SPACING_S, KeyframeRequests
from media.sfu.packet_cache import PacketCache
from media.sfu.receive_stream import MAX_JUMP, SILENCE_S, ReceiveStream
from media.sfu.send_log import Flight, SendLog
from media.wire import rtcp, rtp, twcc
from media.wire.media_packet import MediaPacket
from tests.fakes.feedback_reader import arrivals as arrivals_in


def test_a_cache_returns_what_it_was_given_until_it_is_overwritten():
    cache = PacketCache(8)
    kept = [MediaPacket(n & 0xFFFF, 0, False, b"") for n in range(65_530, 65_545)]
    for packet in kept:
        cache.store(packet)
    assert [cache.find(p.sequence_number) is p for p in kept] == [False] * 7 + [True] * 8


arrivals = st.lists(st.tuples(st.integers(1, 30), st.floats(0.0, 0.3)), min_size=1, max_size=120)


@given(st.integers(0, 0xFFFF), arrivals)
def test_feedback_tells_what_arrived_and_when(start, steps):
    log, number, now, sent = twcc.ArrivalLog(), start, 1000.0, {}
    for step, wait in steps:
        number, now = number + step, now + wait
        log.received(number & 0xFFFF, now=now)
        sent[number & 0xFFFF] = now
    message = log.feedback(ssrc=1, media_ssrc=2)
    (packet,) = rtcp.parse(message)
    assert (packet.packet_type, packet.fmt) == (rtcp.RTPFB, rtcp.FMT_TRANSPORT_CC)
    read = {n: at for n, at in arrivals_in(packet.fci) if at is not None}
    kept = {n: at for n, at in sent.items() if n in read}
    assert read == {n: pytest.approx(at, abs=0.001) for n, at in kept.items()}
    assert (number & 0xFFFF) in read
    assert log.feedback(ssrc=1, media_ssrc=2) is None


def test_one_keyframe_serves_many_and_a_storm_runs_dry():
    gate = KeyframeRequests()
    assert [gate.want(now=0.0) for _ in range(170)] == [True] + [False] * 169
    assert not gate.due(now=RETRY_S - 0.01)
    assert gate.due(now=RETRY_S)  # asked, and has not come
    gate.arrived()
    assert not gate.due(now=5.0)
    storm = KeyframeRequests()
    asked = sum(storm.want(now=n / 100) for n in range(1000))
    assert BURST <= asked <= BURST + 10 * 0.5 + 1


def test_a_want_that_came_too_soon_is_served_as_soon_as_it_may():
    gate = KeyframeRequests()
    assert gate.want(now=0.0)
    gate.arrived()
    assert not gate.want(now=0.1)
    assert not gate.due(now=SPACING_S - 0.01)
    assert gate.due(now=SPACING_S)
    assert not gate.due(now=2 * SPACING_S - 0.01)


def test_a_change_of_the_floor_finds_no_empty_bucket():
    gate = KeyframeRequests()
    spent = [gate.want(now=n * SPACING_S) for n in range(10)]
    gate.arrived()
    assert not all(spent)
    assert gate.want(now=10 * SPACING_S, is_urgent=True)
    assert not gate.want(now=10.5 * SPACING_S, is_urgent=True)


def sound(number, ssrc=1):
    raw = rtp.build(
        payload_type=111, sequence_number=number & 0xFFFF, timestamp=0, ssrc=ssrc, payload=b"x"
    )
    return rtp.parse(raw)


def test_a_duplicate_is_not_forwarded_twice():
    intake = ReceiveStream("audio")
    assert intake.accept(sound(1), now=0.0)[0] is not None
    assert intake.accept(sound(1), now=0.1) == (None, False)
    assert intake.duplicates_total == 1


@pytest.mark.parametrize(
    ("packet", "is_new"),
    [
        (sound(101), False),
        (sound(90), False),
        (sound(100 + MAX_JUMP), False),
        (sound(100 + MAX_JUMP + 1), True),
        (sound(100 - 600), True),
        (sound(101, ssrc=2), True),
    ],
)
def test_what_makes_a_stream_another_one(packet, is_new):
    intake = ReceiveStream("audio")
    assert intake.accept(sound(100), now=0.0)[1]
    cache = intake.cache
    assert intake.accept(packet, now=0.1)[1] == is_new
    assert (intake.cache is not cache) == is_new


@pytest.mark.parametrize(
    "other", [lambda n: sound(n, ssrc=1 + n % 2), lambda n: sound(n * (MAX_JUMP + 1))]
)
def test_a_stream_begins_anew_so_often_only(other):
    counters = SfuCounters()
    intake = ReceiveStream("audio", counters=counters)
    began = [intake.accept(other(number), now=number / 1000)[1] for number in range(3000)]
    assert BEGINNINGS_BURST <= sum(began) <= BEGINNINGS_BURST + 3
    assert counters.beginnings_refused_total > 1000
    assert intake.accept(other(3000), now=60.0)[0] is not None, "it is not shut out"


def test_a_silent_stream_is_dead():
    intake = ReceiveStream("audio")
    assert not intake.is_alive(now=0.0)
    intake.accept(sound(1), now=10.0)
    assert intake.is_alive(now=10.0 + SILENCE_S)
    assert not intake.is_alive(now=10.1 + SILENCE_S)


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 2500)), max_size=30))
def test_what_is_on_the_way_is_counted_as_the_log_counts_it(steps):
    log = SendLog()
    flight, came = Flight(log), log.next_number - 1
    for sent, acknowledged in steps:
        for index in range(sent):
            log.note(log.next_number, 60 + index % 1100, now=1.0)
        came = min(log.next_number - 1, came + acknowledged)
        assert flight.bytes_after(came) == log.bytes_after(came)
