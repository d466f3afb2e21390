"""Whose rhythm is heard, from when to when, and how late."""

import numpy as np
import pytest

from media.client.codecs import SoundDecoder, SoundEncoder
from media.testcard import tone

PULSE_FRAMES = tone.PULSE_MS // tone.FRAME_MS
PERIOD_FRAMES = tone.PERIOD_MS // tone.FRAME_MS


@pytest.mark.parametrize("number", tone.NUMBERS)
def test_each_number_is_told_from_all_others(number):
    for index in range(PULSE_FRAMES):
        assert tone.tones(tone.frame(number, index)) == (number,)


@pytest.mark.parametrize(
    ("index", "is_on"),
    [
        (0, True),
        (PULSE_FRAMES - 1, True),
        (PULSE_FRAMES, False),
        (PERIOD_FRAMES - 1, False),
        (PERIOD_FRAMES, True),
    ],
)
def test_pulses_begin_and_end_on_the_grid(index, is_on):
    assert bool(tone.tones(tone.frame(4, index))) is is_on


def test_two_points_at_once_are_both_heard():
    mixed = tone.frame(2, 1) // 2 + tone.frame(9, 1) // 2
    assert tone.tones(mixed) == (2, 9)


def test_silence_noise_and_unknown_numbers_are_nobody():
    noise = np.random.default_rng(1).integers(-900, 900, tone.FRAME_SAMPLES)
    assert tone.tones(np.zeros(tone.FRAME_SAMPLES, dtype=np.int16)) == ()
    assert tone.tones(noise.astype(np.int16)) == ()
    assert tone.tones(tone.frame(200, 0)) == ()


def through_opus(number, frames):
    encoder, decoder = SoundEncoder(), SoundDecoder()
    for index in range(frames):
        encoded = encoder.encode(tone.frame(number, index))
        yield index, decoder.decode(encoded)


@pytest.mark.parametrize("delay_ms", [0, 35, 180])
def test_delay_is_read_from_the_grid_after_opus(delay_ms):
    listener = tone.ToneListener(tone.Heard())
    delays = []
    for index, samples in through_opus(5, 100):
        played_at_ms = index * tone.FRAME_MS + delay_ms
        if samples is not None:
            delays.append(listener.push(samples, played_at_ms))
    found = [delay for delay in delays if delay is not None]
    assert len(found) == 4
    # Opus itself looks 2.5 ms ahead, and onsets are read in steps of 2.5 ms.
    assert all(delay_ms <= delay <= delay_ms + 7.5 for delay in found)


def test_a_frame_after_a_loss_is_no_onset():
    listener = tone.ToneListener(tone.Heard())
    listener.push(tone.frame(3, 10), 200)
    listener.skip()
    assert listener.push(tone.frame(3, 22), 440) is None
    assert listener.push(tone.frame(3, 30), 600) is None
    assert listener.push(tone.frame(3, 40), 803) == 3.0


def test_spans_bridge_pauses_and_end_with_the_last_pulse():
    heard = tone.Heard()
    for at_ms in (1000, 1400, 1800):
        heard.add(6, at_ms)
    heard.add(6, 1800 + tone.SILENCE_CLOSES_AFTER_MS + 1)
    assert heard.spans == [tone.ToneSpan(6, 1000, 1800), tone.ToneSpan(6, 2501, 2501)]


def test_numbers_since_counts_the_boundary():
    heard = tone.Heard()
    heard.add(1, 1000)
    heard.add(2, 2000)
    assert heard.numbers_since(1000) == (1, 2)
    assert heard.numbers_since(1001) == (2,)


def test_history_is_bounded():
    heard = tone.Heard()
    for index in range(1000):
        heard.add(index % 2 + 1, index * 5000)
    assert len(heard.spans) == tone.MAX_SPANS
