"""Whole frames only, and none after a loss until a keyframe."""

from media.client.assembly import Assembly
from media.wire import rtp, vp8

KEY, DELTA = b"\x10" + b"k" * 3000, b"\x11" + b"d" * 3000


def packets(frame, picture_id=1, timestamp=0):
    payloads = list(vp8.packetize(frame, picture_id=picture_id))
    return [
        rtp.RtpPacket(96, payload is payloads[-1], 0, timestamp, 1, payload, {})
        for payload in payloads
    ]


def assembled(assembly, parts):
    return [frame for part in parts if (frame := assembly.push(part, 0)) is not None]


def test_frames_come_out_whole():
    assembly = Assembly()
    parts = packets(KEY) + packets(DELTA, 2, 3600)
    assert len(parts) > 4
    assert assembled(assembly, parts) == [KEY, DELTA]
    assert not assembly.needs_keyframe


def test_nothing_before_the_first_keyframe():
    assembly = Assembly()
    assert assembled(assembly, packets(DELTA)) == []
    assert assembled(assembly, packets(KEY, 2, 3600)) == [KEY]


def test_after_a_loss_nothing_until_a_keyframe():
    assembly = Assembly()
    assembled(assembly, packets(KEY))
    first, *rest = packets(DELTA, 2, 3600)
    assert assembly.push(first, 0) is None
    assert [assembly.push(part, 1) for part in rest[1:]] == [None] * (len(rest) - 1)
    assert assembly.needs_keyframe
    assert assembled(assembly, packets(DELTA, 3, 7200)) == []
    assert assembled(assembly, packets(KEY, 4, 10800)) == [KEY]


def test_padding_breaks_nothing():
    assembly = Assembly()
    first, *rest = packets(KEY)
    assembly.push(first, 0)
    assembly.push(rtp.RtpPacket(96, False, 0, 0, 1, b"", {}), 0)
    assert assembled(assembly, rest) == [KEY]


def test_a_malformed_descriptor_costs_one_frame():
    assembly = Assembly()
    assembled(assembly, packets(KEY))
    assert assembly.push(rtp.RtpPacket(96, True, 0, 9, 1, b"\x90", {}), 0) is None
    assert assembly.needs_keyframe
