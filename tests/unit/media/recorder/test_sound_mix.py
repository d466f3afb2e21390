"""Sounds of several tracks as one."""

import numpy as np

from media.recorder.sound_mix import LARGEST, SoundMix


def tone(level: int, size: int = 960) -> np.ndarray:
    return np.full(size, level, dtype=np.int16)


def test_sounds_at_once_are_added_and_never_run_over() -> None:
    mix = SoundMix()
    mix.add(1, 0, tone(100))
    mix.add(2, 0, tone(20))
    mix.add(3, 480, tone(LARGEST))
    taken = mix.take(960)
    assert (taken[0], taken[479], taken[480]) == (120, 120, LARGEST)


def test_a_gap_is_silence_and_times_that_are_a_millisecond_off_are_none() -> None:
    mix = SoundMix()
    mix.add(1, 0, tone(7))
    mix.add(1, 960 + 48, tone(7))  # rounded up to the next millisecond
    mix.add(1, 48_000, tone(9))
    taken = mix.take(48_000 + 960)
    assert (
        set(taken[:1920]) == {7} and set(taken[1920:48_000]) == {0} and set(taken[48_000:]) == {9}
    )


def test_what_is_late_for_what_is_closed_is_left_out() -> None:
    mix = SoundMix()
    mix.take(1024)
    mix.add(1, 512, tone(5, 1024))
    assert list(mix.take(600)) == [5] * 512 + [0] * 88
