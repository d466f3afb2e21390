"""What is seen and heard of one's own media, with pictures and sounds that were really encoded."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.room.rehearsal.own_media import NumberedPackets, OwnMedia
from agent.room.rehearsal.verdict import (
    HeardSound,
    SeenPictures,
    TrialFacts,
    checks_of,
)
from contracts.rehearsal import RehearsedLine
from media.client.codecs import SoundDecoder, SoundEncoder, VideoDecoder, VideoEncoder

WIDTH, HEIGHT, RATE_HZ, SECONDS = 640, 360, 10, 10
ROOM = np.tile(np.linspace(60, 200, WIDTH, dtype=np.uint8), (HEIGHT, 1))


def seen(pictures, *, bitrate_bps=600_000):
    """Return what is seen of pictures that have gone through an encoder and a decoder."""
    encoder = VideoEncoder(WIDTH, HEIGHT, rate_hz=RATE_HZ, bitrate_bps=bitrate_bps, gop=10_000)
    decoder, media = VideoDecoder(), OwnMedia()
    for index, luma in enumerate(pictures):
        encoder.planes[0][:] = luma
        picture = encoder.encode(is_keyframe=index == 0)
        if picture is not None:
            decoded = decoder.decode(picture.data)
            assert decoded is not None
            media.picture("stage", decoded, index * 1000 // RATE_HZ)
    return media.pictures(SECONDS * 1000)


def noisy(luma, *, deviation, seed=1):
    """Yield a still scene as a camera sees it: with noise."""
    random = np.random.default_rng(seed)
    for _ in range(SECONDS * RATE_HZ):
        yield np.clip(luma + random.normal(0, deviation, luma.shape), 0, 255).astype(np.uint8)


def camera(pictures: SeenPictures):
    """Return what is found of the camera."""
    line = RehearsedLine(came_back_bps=1)
    return checks_of(TrialFacts(pictures, HeardSound(9, -20.0), line))[0].cause


@pytest.mark.parametrize("bitrate_bps", [200_000, 600_000])
def test_a_still_room_is_not_frozen_and_a_camera_that_hangs_is(bitrate_bps):
    still = seen(noisy(ROOM, deviation=2.0), bitrate_bps=bitrate_bps)
    assert camera(still) == "" and still.count > 50
    hung = seen([ROOM] * (SECONDS * RATE_HZ), bitrate_bps=bitrate_bps)
    assert camera(hung) == "frozen"


def test_a_covered_lens_is_black_and_a_dim_room_is_not():
    covered = np.full((HEIGHT, WIDTH), 17, np.uint8)
    assert camera(seen(noisy(covered, deviation=1.5))) == "black"
    dim = np.tile(np.linspace(16, 90, WIDTH, dtype=np.uint8), (HEIGHT, 1))
    assert camera(seen(noisy(dim, deviation=3.0))) == ""


def test_a_camera_that_stops_is_frozen_and_what_is_on_other_slots_is_not_looked_at():
    media = OwnMedia()
    for at_ms in range(0, 6_000, 100):
        media.picture("stage", (ROOM + at_ms // 100).astype(np.uint8), at_ms)
        media.picture("speaker", np.zeros((8, 8), np.uint8), at_ms)
    assert media.pictures(6_000).count == 60
    assert camera(media.pictures(6_000)) == "" and camera(media.pictures(9_500)) == "frozen"
    assert OwnMedia().pictures(1_000) == SeenPictures()


def heard(samples):
    """Return what is heard of sound that has gone through Opus."""
    encoder, decoder, media = SoundEncoder(), SoundDecoder(), OwnMedia()
    for start in range(0, len(samples), 960):
        media.sound("sound-0", decoder.decode(encoder.encode(samples[start : start + 960])), start)
        media.sound("sound-1", np.full(960, 9_000, np.int16), start)
    media.sound("sound-0", None, 0.0)
    return media.heard()


def test_silence_is_told_from_a_quiet_room():
    silent = heard(np.zeros(48_000, np.int16))
    assert silent.count == 50 and silent.peak_dbfs is not None and silent.peak_dbfs < -70
    quiet = np.random.default_rng(2).normal(0, 30, 48_000).astype(np.int16)
    assert heard(quiet).peak_dbfs > -60
    assert OwnMedia().heard() == HeardSound()


def test_what_does_not_come_is_counted_over_the_turn_of_the_numbers_and_over_sessions():
    packets = NumberedPackets()
    assert packets.loss_ratio is None
    packets.renew()
    for number in (65_534, 65_535, 0, 3, 2):  # 1 is missing, 2 came late
        packets.came(number)
    assert packets.loss_ratio == pytest.approx(1 / 6)
    packets.renew()
    for number in (7, 8, 10):
        packets.came(number)
    assert packets.loss_ratio == pytest.approx(2 / 10)


def test_what_was_told_as_missing_may_still_come():
    packets = NumberedPackets()
    for number, has_come in ((1, True), (2, False), (3, False), (2, True)):
        packets.told(number, has_come=has_come)
    assert packets.loss_ratio == pytest.approx(1 / 3)


@given(st.lists(st.tuples(st.integers(0, 65_535), st.booleans()), max_size=60))
def test_a_share_is_a_share(told):
    packets = NumberedPackets()
    for number, has_come in told:
        packets.told(number, has_come=has_come)
    assert packets.loss_ratio is None or 0 <= packets.loss_ratio <= 1
