"""What is sent is numbered, reported, and repeated byte for byte when asked for."""

import pytest

from media.client.received import Arrived, Reception
from media.client.send_stream import CACHE_PACKETS, SendStream
from media.wire import rtcp, rtp


def test_packets_are_numbered_across_the_wrap():
    stream = SendStream(7, 96, 65_535)
    numbers = [stream.packet(b"x", 2**32 + 5, is_marked=True)[0] for _ in range(2)]
    assert numbers == [65_535, 0]
    parsed = rtp.parse(stream.packet(b"abc", 9, is_marked=False)[1])
    assert (parsed.sequence_number, parsed.ssrc, parsed.timestamp) == (1, 7, 9)
    assert (stream.packets, stream.octets) == (3, 5)


def test_what_was_sent_is_repeated_as_it_was_and_no_longer_than_kept():
    stream = SendStream(7, 96, 0)
    for number in range(CACHE_PACKETS + 1):
        stream.remember(number, b"%d" % number)
    assert stream.again([0, 1, CACHE_PACKETS, 9_999]) == [b"1", b"%d" % CACHE_PACKETS]
    stream.forget()
    assert stream.again([1]) == []


@pytest.mark.parametrize(
    ("last", "first", "expected"),
    [(40_000, 7, 7), (100, 7, 0x4007), (0x4010, 0x4000, 0), (65_530, 5, 0x4005)],
)
def test_new_keys_begin_with_new_numbers_below_the_middle_and_far_from_the_last(
    last, first, expected
):
    stream = SendStream(7, 96, last)
    stream.remember(last, b"old")
    stream.renew(first)
    assert stream.again([last]) == []
    assert stream.packet(b"x", 0, is_marked=True)[0] == expected < 2**15


def test_the_sender_report_counts():
    stream = SendStream(7, 96, 0)
    stream.packet(b"abcd", 0, is_marked=True)
    report = stream.report(1000.0, 2**32 + 90_000)
    assert report == rtcp.SenderReport(7, rtcp.ntp_time(1000.0), 90_000, 1, 4)


@pytest.mark.parametrize("first", [0, 65_534])
def test_reception_counts_losses_across_the_wrap(first):
    reception = Reception(9, 90_000)
    for step in (0, 1, 3):
        reception.packet((first + step) & 0xFFFF, step * 3600, 100, step * 0.04)
    block = reception.block(1.0)
    assert (block.packets_lost, block.fraction_lost) == (1, 64)
    assert reception.take_interval() == Arrived(3, 1, 300)
    assert reception.take_interval() == Arrived(0, 0, 0)
    assert reception.block(2.0).fraction_lost == 0


def test_round_trips_can_be_read_from_the_block():
    reception = Reception(9, 90_000)
    reception.packet(1, 0, 100, 0.0)
    reception.sender_report(rtcp.ntp_time(1000.0), 5.0)
    block = reception.block(5.5)
    rtt_s = rtcp.round_trip_s(block, now_ntp=rtcp.ntp_time(1000.53))
    assert rtt_s == pytest.approx(0.03, abs=0.001)


def test_jitter_is_that_of_the_arrivals():
    steady, shaken = Reception(1, 1000), Reception(2, 1000)
    for index in range(200):
        steady.packet(index, index * 20, 100, index * 0.02)
        shaken.packet(index, index * 20, 100, index * 0.02 + (index % 2) * 0.01)
    assert steady.jitter == pytest.approx(0, abs=1e-6)
    assert shaken.jitter == pytest.approx(10, abs=1)
