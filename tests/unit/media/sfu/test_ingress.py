"""What a publisher's track may send: rates and sizes of pictures, at the boundary."""

import struct

import pytest

from media.errors import MalformedPacket
from media.sfu.counters import SfuCounters
from media.sfu.ingress import BEGINNINGS_BURST, PACKETS_PER_S, IngressLimit
from media.wire import h264, rtp, vp8
from media.wire.sdp_answer import Rates
from tests.fakes.h264 import H264Camera
from tests.fakes.h264 import packets as packets_of
from tests.fakes.h264 import payloads as payloads_of

RATES = Rates(video_max_bps=800_000, sound_max_bps=24_000)
SIZE = 1000  # of a packet with its header


def packet(*, keyframe=None, payload_size=SIZE - 12):
    head = b"\x10" if keyframe else b"\x00"  # the descriptor: a frame's start, or not
    data = b"\x10\x02\0\x9d\x01\x2a" + struct.pack("<HH", *keyframe) if keyframe else b""
    payload = (head + data).ljust(payload_size, b"x")
    return rtp.RtpPacket(96, False, 1, 0, 7, payload, {})


@pytest.fixture
def counters():
    return SfuCounters()


def test_what_the_answer_allowed_passes_and_excess_waits_for_a_keyframe(counters):
    limit = IngressLimit("video", RATES, counters)  # 150 kB/s, 300 kB at once
    passed = [limit.passes(packet(), now=0.0) for _ in range(301)]
    assert passed == [True] * 300 + [False]
    assert limit.is_held and counters.excess_total == 1
    assert not limit.passes(packet(keyframe=(640, 360)), now=0.9), "the bucket is not half full"
    assert not limit.passes(packet(), now=1.1), "no keyframe"
    assert limit.passes(packet(keyframe=(640, 360)), now=1.1)
    assert limit.passes(packet(), now=1.1)
    assert counters.excess_total == 3


def test_a_publisher_at_its_maximum_is_never_held(counters):
    limit = IngressLimit("video", RATES, counters)
    assert all(limit.passes(packet(), now=n * 0.01) for n in range(3000))
    assert counters == SfuCounters()


def test_a_small_size_has_a_small_limit_of_its_own(counters):
    limit = IngressLimit("video", RATES, counters, is_small=True)  # 50 kB/s, 100 kB at once
    assert [limit.passes(packet(), now=0.0) for _ in range(101)] == [True] * 100 + [False]


def test_a_second_size_that_is_large_is_held(counters):
    limit = IngressLimit("video", RATES, counters, is_small=True)
    assert not limit.passes(packet(keyframe=(1280, 720)), now=0.0)
    assert not limit.passes(packet(), now=0.1)
    assert counters.pictures_refused_total == 1
    assert limit.passes(packet(keyframe=(320, 180)), now=3.0)


def test_sound_beyond_the_rate_is_dropped_packet_by_packet(counters):
    limit = IngressLimit("audio", RATES, counters)  # 32 kB/s, 64 kB at once
    assert [limit.passes(packet(), now=0.0) for _ in range(65)] == [True] * 64 + [False]
    assert limit.passes(packet(), now=0.04)


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_packets_count_however_small_they_are(counters, kind):
    limit = IngressLimit(kind, RATES, counters)
    at_once = PACKETS_PER_S[kind]
    passed = [limit.passes(packet(payload_size=2), now=0.0) for _ in range(int(at_once) + 1)]
    assert passed == [True] * int(at_once) + [False]
    assert limit.is_held is (kind == "video") and counters.excess_total == 1
    assert not limit.passes(packet(keyframe=(640, 360), payload_size=20), now=0.0)
    assert limit.passes(packet(keyframe=(640, 360), payload_size=20), now=0.6)


def test_a_picture_that_is_held_again_and_again_comes_back_so_often_only(counters):
    limit = IngressLimit("video", RATES, counters)
    came_back = 0
    for frame in range(300):  # in turn too large and fitting, 30 a second
        size = (15_500, 15_500) if frame % 2 else (640, 360)
        came_back += limit.passes(packet(keyframe=size, payload_size=30), now=frame / 30)
    assert 1 + BEGINNINGS_BURST <= came_back <= 1 + BEGINNINGS_BURST + 10


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (640, 360)])
def test_a_picture_that_fits_passes(counters, size):
    assert IngressLimit("video", RATES, counters).passes(packet(keyframe=size), now=0.0)


@pytest.mark.parametrize("size", [(1921, 1080), (1920, 1081), (1081, 1920), (15_500, 15_500)])
def test_a_picture_too_large_holds_its_track_until_one_that_fits(counters, size):
    limit = IngressLimit("video", RATES, counters)
    assert not limit.passes(packet(keyframe=size), now=0.0)
    assert not limit.passes(packet(), now=0.0)
    assert counters.pictures_refused_total == 1
    assert limit.passes(packet(keyframe=(1280, 720)), now=0.0)


@pytest.mark.parametrize("payload", [b"\x10\x10\x02\0\x9d\x01\x2a\0", b"\x10\x10" + bytes(20)])
def test_a_keyframe_whose_size_cannot_be_read_does_not_pass(counters, payload):
    unreadable = rtp.RtpPacket(96, False, 1, 0, 7, payload, {})
    with pytest.raises(MalformedPacket):
        IngressLimit("video", RATES, counters).passes(unreadable, now=0.0)


def test_only_keyframes_have_a_size():
    assert vp8.picture_size(b"\x11\x02\0") is None
    assert vp8.picture_size(b"\x10\x02\0\x9d\x01\x2a\x80\x42\x68\x01") == (640, 360)


def test_a_packet_that_fits_no_frame_of_the_wire_costs_the_picture_to_the_next_keyframe(counters):
    limit = IngressLimit("video", RATES, counters)
    largest = rtp.MAX_RTP_SIZE - rtp.HEADER_SIZE
    assert limit.passes(packet(payload_size=largest), now=0.0)
    assert not limit.passes(packet(payload_size=largest + 1), now=0.0)
    assert not limit.passes(packet(), now=0.0)
    assert (counters.oversized_total, counters.excess_total) == (1, 1)
    assert limit.passes(packet(keyframe=(640, 360)), now=0.0)


def h264_packet(units, *, number=0):
    return packets_of(payloads_of(units), number=number, timestamp=0)


def test_the_size_of_an_h264_picture_is_looked_at_wherever_its_parameter_set_stands(counters):
    small, large = H264Camera(640, 360), H264Camera(1936, 1080)
    limit = IngressLimit("video", RATES, counters, "H264")
    assert all(limit.passes(one, now=0.0) for one in h264_packet(small.picture()))
    assert not any(limit.passes(one, now=0.0) for one in h264_packet(large.picture()))
    assert limit.is_held and counters.pictures_refused_total == 1
    assert not any(limit.passes(one, now=0.0) for one in h264_packet(small.picture()))
    again = h264_packet(small.picture(is_keyframe=True))
    assert all(limit.passes(one, now=0.0) for one in again)


def test_an_h264_parameter_set_that_cannot_be_read_does_not_pass(counters):
    limit = IngressLimit("video", RATES, counters, "H264")
    for payload in (b"\x67\x42", b"\x7c\x87abc", b"\x79abc"):
        with pytest.raises(MalformedPacket):
            limit.passes(rtp.RtpPacket(102, False, 1, 0, 7, payload, {}), now=0.0)


def test_a_packet_full_of_parameter_sets_is_not_read_again_and_again(counters):
    limit = IngressLimit("video", RATES, counters, "H264")
    units = H264Camera(640, 360).picture(is_keyframe=True)
    sps = next(unit for unit in units if unit[0] & 0x1F == h264.SPS)
    full = bytes((h264.STAP_A,)) + (len(sps).to_bytes(2) + sps) * 32
    many = rtp.RtpPacket(97, True, 1, 0, 7, full, {})
    one = rtp.RtpPacket(97, True, 1, 0, 7, sps, {})
    assert [limit.passes(many, now=0.0) for _ in range(4)] == [True, True, False, False]
    assert limit.is_held and counters.pictures_refused_total == 2
    assert all(limit.passes(one, now=1.0 + n / 30) for n in range(300)), "keyframes alone"
