"""A tone is told from voices, noise and silence, after an encoder has had it."""

import numpy as np
import pytest

from agent.room.rehearsal.tone_ear import FLOOR_DB, TONE_HZ, ToneEar, level_at
from media.client.codecs import SoundDecoder, SoundEncoder

FRAME, RATE_HZ = 960, 48_000
SECONDS = np.arange(RATE_HZ) / RATE_HZ


def tone(volume: float, pitch_hz: float = TONE_HZ) -> np.ndarray:
    return volume * np.sin(2 * np.pi * pitch_hz * SECONDS)


def noise(volume: float) -> np.ndarray:
    return np.random.default_rng(1).normal(0, volume, RATE_HZ)


def voice(volume: float) -> np.ndarray:
    """Return a vowel of 140 Hz with all its harmonics."""
    return sum(tone(volume / n, 140.0 * n) for n in range(1, 20)) / 2  # type: ignore[return-value]


def found(before: np.ndarray, after: np.ndarray) -> str | None:
    """Return what is found of two seconds that have gone through Opus."""
    encoder, decoder, ear = SoundEncoder(), SoundDecoder(), ToneEar()
    for part, sound in enumerate((before, after)):
        if part:
            ear.begin()
        whole = np.clip(sound * 32_767, -32_768, 32_767).astype(np.int16)
        for at in range(0, RATE_HZ, FRAME):
            for packet in [encoder.encode(whole[at : at + FRAME])]:
                samples = decoder.decode(packet) if packet else None
                if samples is not None:
                    ear.hear(samples)
    return ear.found


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (noise(0.0), tone(0.02), "heard"),
        (noise(0.01), noise(0.01) + tone(0.05), "heard"),
        (voice(0.1), voice(0.1) + tone(0.3), "heard"),
        (noise(0.01), noise(0.01), "unheard"),
        (voice(0.2), voice(0.2), "unheard"),
        (noise(0.0), tone(0.3, 440), "unheard"),
        (noise(0.0), noise(0.0), "unheard"),
    ],
    ids=["quiet", "fan", "talk", "fan_alone", "talk_alone", "another_pitch", "nothing"],
)
def test_a_tone_is_heard_where_it_stands_out(
    before: np.ndarray, after: np.ndarray, expected: str
) -> None:
    assert found(before, after) == expected


def test_without_any_sound_nothing_is_said():
    ear = ToneEar()
    ear.begin()
    assert ear.found is None
    assert level_at(np.zeros(3840, dtype=np.int16)) == FLOOR_DB
