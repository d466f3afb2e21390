"""What is sent is numbered, reported, and repeated byte for byte when asked for."""

import pytest

from media.client.send_stream import SendStream
from media.client.sent_packets import CACHE_PACKETS, SentPackets
from media.wire import rtcp, rtp


def test_packets_are_numbered_across_the_wrap():
    stream = SendStream(7, 96, 90_000, 65_535)
    numbers = [stream.packet(b"x", 2**32 + 5, is_marked=True)[0] for _ in range(2)]
    assert numbers == [65_535, 0]
    parsed = rtp.parse(stream.packet(b"abc", 9, is_marked=False)[1])
    assert (parsed.sequence_number, parsed.ssrc, parsed.timestamp) == (1, 7, 9)
    report = stream.report(0.0, now=0.0)
    assert (report.packet_count, report.octet_count) == (3, 5)


def test_what_was_sent_is_repeated_as_it_was_and_no_longer_than_kept():
    sent = SentPackets()
    for number in range(CACHE_PACKETS + 1):
        sent.remember(number, b"%d" % number)
    asked = [0, 1, CACHE_PACKETS, 9_999]
    assert sent.again(asked, now=5.0, pause_s=0.1) == [b"1", b"%d" % CACHE_PACKETS]
    assert sent.again([1, 2], now=5.05, pause_s=0.1) == [b"2"]
    assert sent.again([1], now=5.2, pause_s=0.1) == [b"1"]
    sent.forget()
    assert sent.again([1], now=9.0, pause_s=0.1) == []


@pytest.mark.parametrize(
    ("last", "first", "expected"),
    [(40_000, 7, 7), (100, 7, 0x4007), (0x4010, 0x4000, 0), (65_530, 5, 0x4005)],
)
def test_new_keys_begin_with_new_numbers_below_the_middle_and_far_from_the_last(
    last, first, expected
):
    stream = SendStream(7, 96, 90_000, last)
    stream.sent.remember(last, b"old")
    stream.renew(first)
    assert stream.sent.again([last], now=0.0, pause_s=0.0) == []
    assert stream.packet(b"x", 0, is_marked=True)[0] == expected < 2**15


def test_the_sender_report_counts():
    stream = SendStream(7, 96, 90_000, 0)
    stream.packet(b"abcd", 0, is_marked=True)
    wall_ms = 2**32 / 90 + 1000
    report = stream.report(wall_ms, now=0.0)
    assert report == rtcp.SenderReport(7, rtcp.ntp_time(wall_ms / 1000), 90_000, 1, 4)
