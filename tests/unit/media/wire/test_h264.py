"""H.264 in RTP: units, keyframes and the sizes of pictures, of real and of hostile encoders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.errors import MalformedPacket
from media.wire import h264
from media.wire.picture_size import is_too_large
from media.wire.video_codec import announced_size
from tests.fakes.h264 import H264Camera, payloads


def stream_of(made):
    return b"".join(h264.stream_part(payload) for payload in made)


@pytest.mark.parametrize("profile", ["baseline", "main", "high", "high444"])
@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (1920, 1080), (1080, 1920), (160, 96)])
def test_the_size_of_a_picture_is_what_the_encoder_was_told(size, profile):
    units = H264Camera(*size, profile=profile).picture(is_keyframe=True)
    (sps,) = [unit for unit in units if unit[0] & 0x1F == h264.SPS]
    assert h264.picture_size(sps) == size
    assert h264.largest_picture(stream_of(payloads(units))) == size
    assert not is_too_large(*size)


@pytest.mark.parametrize("options", [":interlaced=1", ":cqm=jvt", ":ref=4"])
def test_a_parameter_set_with_more_in_it_is_read(options):
    units = H264Camera(640, 352, profile="high", options=options).picture(is_keyframe=True)
    (sps,) = [unit for unit in units if unit[0] & 0x1F == h264.SPS]
    assert h264.picture_size(sps) == (640, 352)


@pytest.mark.parametrize("is_aggregated", [True, False])
def test_a_keyframe_begins_where_its_parameter_set_is(is_aggregated):
    camera = H264Camera(320, 180)
    key = payloads(camera.picture(is_keyframe=True), most=100, is_aggregated=is_aggregated)
    read = [h264.parse(payload) for payload in key]
    assert [one.is_keyframe for one in read].count(True) == 1
    first = next(index for index, one in enumerate(read) if one.is_keyframe)
    assert not any(one.has_idr for one in read[:first])
    assert any(one.has_idr for one in read[first:])
    inter = [h264.parse(payload) for payload in payloads(camera.picture(), most=100)]
    assert not any(one.is_keyframe or one.has_idr for one in inter)


def test_fragments_and_aggregates_come_out_as_the_stream_that_went_in():
    units = H264Camera(320, 180).picture(is_keyframe=True)
    expected = b"".join(b"\0\0\0\1" + unit for unit in units)
    for most in (60, 300, 1100):
        assert stream_of(payloads(units, most=most, is_aggregated=False)) == expected
    made = payloads(units, most=60)
    assert len(made) > 3
    assert sorted(stream_of(made).split(b"\0\0\0\1")) == sorted(expected.split(b"\0\0\0\1"))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x00\x01",  # type 0
        b"\x79\x00\x00\x00",  # STAP-B, mode 2
        b"\x7d\x85abc",  # FU-B
        b"\x7c\x85",  # a fragment without data
        b"\x7c\x87\x42\xc0",  # a parameter set in pieces
        b"\x78\x00",  # an aggregate cut short
        b"\x78\x00\x09\x67\x42",  # a unit longer than the packet
        b"\x78\x00\x00",  # an empty unit
    ],
)
def test_what_was_not_agreed_on_is_malformed(payload):
    with pytest.raises(MalformedPacket):
        h264.parse(payload)


def test_what_a_crop_hides_counts_as_it_is_decoded_all_the_same():
    units = H264Camera(640, 360).picture(is_keyframe=True)
    (sps,) = [unit for unit in units if unit[0] & 0x1F == h264.SPS]
    bits = f"{int.from_bytes(sps[1:]):0{8 * (len(sps) - 1)}b}"
    # x264's 640 by 360: 40 by 23 macroblocks, and 4 rows of two lines cut off below.
    crop = "1" + "1" + "1" + "1" + "00101"
    at = bits.index(crop)
    huge = bits[:at] + "1" + "1" + "1" + "1" + "000000010010110" + bits[at + len(crop) :]
    padded = huge.ljust(-(-len(huge) // 8) * 8, "0")
    data = sps[:1] + int(padded, 2).to_bytes(len(padded) // 8)
    assert h264.picture_size(data) == (640, 368 - 15)


def test_a_picture_hidden_inside_of_a_unit_is_found():
    camera = H264Camera(1920, 1080)
    (large,) = [u for u in camera.picture(is_keyframe=True) if u[0] & 0x1F == h264.SPS]
    small = H264Camera(320, 180).picture(is_keyframe=True)
    hidden = h264.stream_part(small[0]) + h264.stream_part(b"\x06" + b"\0\0\1" + large)
    assert h264.largest_picture(hidden) == (1920, 1080)
    assert h264.largest_picture(h264.stream_part(b"\x41\x9a\x00")) is None


def test_every_parameter_set_of_a_packet_is_looked_at_and_they_are_bounded():
    small, large = (
        next(u for u in H264Camera(*size).picture(is_keyframe=True) if u[0] & 0x1F == h264.SPS)
        for size in ((320, 180), (1920, 1080))
    )

    def together(*sets):
        return b"\x78" + b"".join(len(one).to_bytes(2) + one for one in sets)

    assert announced_size(together(small, large), "H264") == (1920, 1080)
    assert len(h264.parse(together(*[small] * h264.MAX_SETS)).sets) == h264.MAX_SETS
    with pytest.raises(MalformedPacket):
        h264.parse(together(*[small] * (h264.MAX_SETS + 1)))
    with pytest.raises(MalformedPacket):
        h264.largest_picture((b"\0\0\1" + small) * (h264.MAX_SETS + 1))


@pytest.mark.parametrize(
    "sps", [b"\x67", b"\x67\x42\xc0\x1f", b"\x67\x42\xc0\x1f" + bytes(300), b"\x67" + b"\xff" * 2]
)
def test_a_parameter_set_that_says_nothing_is_malformed(sps):
    with pytest.raises(MalformedPacket):
        h264.picture_size(sps)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_value_or_our_error(data):
    try:
        found = h264.parse(data)
        assert isinstance(h264.stream_part(data), bytes)
        for sps in found.sets:
            width, height = h264.picture_size(sps)
            assert 0 < width <= 2**17 and 0 < height <= 2**18
    except MalformedPacket as exc:
        assert exc.reason


@given(st.binary(max_size=300), st.sampled_from([66, 100, 244, 118]))
def test_any_parameter_set_is_a_size_or_our_error(data, profile):
    try:
        width, height = h264.picture_size(bytes((0x67, profile)) + data)
    except MalformedPacket:
        return
    assert width > 0 and height > 0
