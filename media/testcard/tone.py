"""The rhythm: a sound that says whose it is and when it was made.

Point n (1 to 12) has a tone of its own, 500 + 140 n Hz, on for 100 ms at the beginning
of every 400 ms of the wall clock. A listener finds tones in frames of 20 ms with the
Goertzel algorithm (here as one matrix product over all known numbers), and reads the
delay from where a pulse begins against the 400 ms grid: it is known modulo 400 ms.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from media.wire.audio_level import SILENT

SAMPLE_RATE_HZ = 48_000
FRAME_MS = 20
FRAME_SAMPLES = SAMPLE_RATE_HZ * FRAME_MS // 1000
PERIOD_MS = 400
PULSE_MS = 100
NUMBERS = range(1, 13)
AMPLITUDE = 0.3
MIN_AMPLITUDE = 0.06
DOMINANCE = 0.5
STEP_SAMPLES = FRAME_SAMPLES // 8
SILENCE_CLOSES_AFTER_MS = 700
MAX_SPANS = 256

Samples = NDArray[np.int16]


def frequency_hz(number: int) -> int:
    """Return the tone of a point's number."""
    return 500 + 140 * number


def frame(number: int, frame_index: int) -> Samples:
    """Return the 20 ms of sound that begin at frame_index * 20 ms of the wall clock."""
    start_ms = frame_index * FRAME_MS % PERIOD_MS
    if start_ms >= PULSE_MS or number not in NUMBERS:
        return np.zeros(FRAME_SAMPLES, dtype=np.int16)
    t = start_ms / 1000 + np.arange(FRAME_SAMPLES) / SAMPLE_RATE_HZ
    ramp = np.clip(np.minimum(t, PULSE_MS / 1000 - t) / 0.003, 0, 1)
    wave = np.sin(2 * np.pi * frequency_hz(number) * t) * ramp * AMPLITUDE
    return np.asarray(wave * 32767, dtype=np.int16)


def level(samples: Samples) -> int:
    """Return how loud a frame is: 0 the loudest, 127 silence (RFC 6464, −dBov)."""
    power = float(np.mean(np.square(samples.astype(np.float32) / 32768)))
    return SILENT if power <= 0 else min(SILENT, round(-10 * math.log10(power)))


def _bank() -> tuple[NDArray[np.float32], float]:
    window = np.hanning(FRAME_SAMPLES)
    t = np.arange(FRAME_SAMPLES) / SAMPLE_RATE_HZ
    phases = 2 * np.pi * np.array([frequency_hz(n) for n in NUMBERS])[:, None] * t
    rows = np.concatenate((np.cos(phases) * window, np.sin(phases) * window))
    return rows.astype(np.float32), float(window.sum() / 2)


_ROWS, _GAIN = _bank()


def tones(samples: Samples) -> tuple[int, ...]:
    """Return the numbers whose tone is in one 20 ms frame, ascending."""
    scaled = samples.astype(np.float32) / 32768
    parts = _ROWS @ scaled
    count = len(NUMBERS)
    amplitudes = np.hypot(parts[:count], parts[count:]) / _GAIN
    limit = max(MIN_AMPLITUDE, DOMINANCE * float(amplitudes.max()))
    return tuple(int(i) + 1 for i in np.flatnonzero(amplitudes >= limit))


def onset_ms(samples: Samples) -> float:
    """Return where within a frame its sound begins, in steps of 2.5 ms."""
    loud = np.abs(samples.reshape(-1, STEP_SAMPLES)).max(axis=1) > MIN_AMPLITUDE * 32768
    return float(np.argmax(loud)) * STEP_SAMPLES * 1000 / SAMPLE_RATE_HZ


@dataclass(slots=True)
class ToneSpan:
    """One number heard without a break longer than a pulse's pause."""

    number: int
    first_ms: int
    last_ms: int


@dataclass(slots=True)
class Heard:
    """Whose rhythm was heard when, over all sounds a point plays; bounded."""

    spans: list[ToneSpan] = field(default_factory=list)

    def add(self, number: int, at_ms: int) -> None:
        """Record that the number was heard at a wall clock time."""
        for span in reversed(self.spans):
            if span.number == number:
                if at_ms - span.last_ms <= SILENCE_CLOSES_AFTER_MS:
                    span.last_ms = max(span.last_ms, at_ms)
                    return
                break
        self.spans.append(ToneSpan(number, at_ms, at_ms))
        del self.spans[:-MAX_SPANS]

    def numbers_since(self, since_ms: int) -> tuple[int, ...]:
        """Return the numbers heard at or after a time, ascending."""
        return tuple(sorted({span.number for span in self.spans if span.last_ms >= since_ms}))


@dataclass(slots=True)
class ToneListener:
    """Follows one sound stream frame by frame.

    A lost frame must be reported too (`skip`), else what follows it looks like an onset.
    """

    heard: Heard
    has_history: bool = False
    previous: tuple[int, ...] = ()

    def push(self, samples: Samples, played_at_ms: int) -> float | None:
        """Take one frame that would be played from a wall clock time on.

        Returns:
            the delay of a pulse that begins in this frame, 0 to 400 ms, else None.
        """
        now_in = tones(samples)
        for number in now_in:
            self.heard.add(number, played_at_ms)
        began = self.has_history and bool(now_in) and not self.previous
        self.has_history, self.previous = True, now_in
        if not began:
            return None
        return (played_at_ms + onset_ms(samples)) % PERIOD_MS

    def skip(self) -> None:
        """Take note of a frame that never came."""
        self.has_history = False
