"""Whatever is sprayed at the decoders is a picture, a sound, or None: never an exception."""

import random

import numpy as np

from media.client.codecs import SoundDecoder, SoundEncoder, VideoDecoder, VideoEncoder

CASES = 2_000


def some_pictures() -> list[bytes]:
    encoder = VideoEncoder(64, 64, rate_hz=25, bitrate_bps=200_000, gop=5)
    found = [encoder.encode(is_keyframe=False) for _ in range(20)]
    return [picture.data for picture in found if picture is not None]


def some_sounds() -> list[bytes]:
    encoder, chance = SoundEncoder(), np.random.default_rng(1)
    noise = (chance.normal(0, 9_000, 960).astype(np.int16) for _ in range(20))
    return [frame for frame in map(encoder.encode, noise) if frame]


def bent(data: bytes, chance: random.Random) -> bytes:
    """Return it with bytes changed or cut off; the size a picture claims stays."""
    changed = bytearray(data)
    for _ in range(chance.randrange(4)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    changed[6:10] = data[6:10]
    is_cut = chance.random() < 0.2
    return bytes(changed[: chance.randrange(len(changed) + 1)] if is_cut else changed)


def test_bent_frames_are_outcomes_and_good_ones_still_decode_afterwards():
    chance = random.Random(7)
    pictures, sounds = some_pictures(), some_sounds()
    video, sound = VideoDecoder(), SoundDecoder()
    decoded = [0, 0]
    for _ in range(CASES):
        decoded[0] += video.decode(bytes(bent(chance.choice(pictures), chance))) is not None
        decoded[1] += sound.decode(bytes(bent(chance.choice(sounds), chance))) is not None
    assert min(decoded) > CASES / 10
    assert video.decode(b"") is None and sound.decode(b"") is None
    assert video.decode(pictures[0]) is not None
    assert sound.decode(sounds[0]) is not None
