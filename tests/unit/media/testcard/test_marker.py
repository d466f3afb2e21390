"""The strip is read back from what is left of a picture after scaling and encoding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from media.client.codecs import VideoDecoder, VideoEncoder
from media.testcard import marker
from media.testcard.marker import Strip
from media.testcard.picture import HEIGHT, WIDTH, Picture

strips = st.builds(
    Strip,
    st.integers(0, 255),
    st.integers(0, marker.COUNTER_MODULUS - 1),
    st.integers(0, marker.TIME_MODULUS_MS - 1),
)


def drawn(value: Strip, width: int = 640, height: int = 360):
    luma = np.full((height, width), 90, dtype=np.uint8)
    marker.draw(value, luma)
    return luma


@given(strips)
def test_reads_what_was_drawn(value):
    assert marker.read(drawn(value)) == value


@pytest.mark.parametrize("size", [(320, 180), (480, 270), (1280, 720), (426, 240), (1920, 1080)])
@given(value=strips)
def test_survives_scaling(size, value):
    scaled = Image.fromarray(drawn(value)).resize(size, Image.Resampling.BILINEAR)
    assert marker.read(np.asarray(scaled)) == value


@given(strips, st.integers(0, 59))
def test_one_wrong_block_is_noticed(value, block):
    bits = marker.to_bits(value)
    luma = drawn(value)
    row, column = divmod(block, marker.COLUMNS)
    level = marker.BLACK if bits[row, column] else marker.WHITE
    luma[312 + row * 16 : 328 + row * 16, column * 32 : column * 32 + 32] = level
    assert marker.read(luma) is None


@pytest.mark.parametrize("level", [0, 16, 128, 255])
def test_a_plain_picture_has_no_strip(level):
    assert marker.read(np.full((360, 640), level, dtype=np.uint8)) is None


def test_a_picture_too_small_has_no_strip():
    assert marker.read(np.zeros((16, 20), dtype=np.uint8)) is None


@pytest.mark.parametrize("bitrate_bps", [600_000, 80_000])
def test_survives_vp8_at_low_bitrates(bitrate_bps):
    encoder = VideoEncoder(WIDTH, HEIGHT, rate_hz=25, bitrate_bps=bitrate_bps, gop=250)
    decoder = VideoDecoder()
    picture = Picture(7, "UBND xã Vân Sơn")
    read = missed = 0
    for index in range(75):
        wall_ms = 1_800_000_000_000 + index * marker.SLOT_MS
        picture.draw(encoder.planes, wall_ms)
        encoded = encoder.encode(is_keyframe=index == 0)
        if encoded is None:
            continue
        luma = decoder.decode(encoded.data)
        assert luma is not None
        found = marker.read(luma)
        if found == marker.at(7, wall_ms):
            read += 1
        else:
            missed += 1
            assert found is None, "a strip that is read must be right"
    assert read >= 30
    assert missed == 0


def test_counter_is_the_slot_of_the_wall_clock():
    assert marker.at(3, 40_000) == Strip(3, 1000, 40_000)
    assert marker.at(3, 40_039).counter == 1000
    assert marker.at(3, 40_040).counter == 1001


@pytest.mark.parametrize(
    ("made_at_ms", "now_ms", "expected"),
    [
        (1000, 1080, 80),
        (marker.TIME_MODULUS_MS - 10, marker.TIME_MODULUS_MS + 30, 40),
        (50, 20, -30),
    ],
)
def test_age_wraps_around(made_at_ms, now_ms, expected):
    assert marker.age_ms(Strip(1, 0, made_at_ms), now_ms) == expected


def test_counter_step_wraps_around():
    assert marker.counter_step(marker.COUNTER_MODULUS - 1, 1) == 2
    assert marker.counter_step(5, 3) == -2
