"""A file that Chromium takes for a microphone: the rhythm of a point, on the wall clock.

Chromium loads it once, when the microphone is opened, and plays it again and again. So the
file is kept in such a state that whoever begins to play it now is on the grid of the wall
clock: its first sample is always the one that is due.
"""

import os
import struct
from pathlib import Path

import numpy as np

from media.testcard import tone

_ROUNDS = 25
_HEAD = 44


class Microphone:
    """The file; ten seconds, a whole number of the rhythm's periods."""

    def __init__(self, file: Path, number: int) -> None:
        frames = range(tone.PERIOD_MS // tone.FRAME_MS)
        period = np.concatenate([tone.frame(number, index) for index in frames])
        self._size = period.nbytes * _ROUNDS
        self._sound = memoryview(period.tobytes() * (_ROUNDS + 1))
        self._file = os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.pwrite(self._file, _head(self._size), 0)

    def tune(self, wall_ms: float) -> None:
        """Let the file begin with what is due at this time."""
        sample = int(wall_ms % tone.PERIOD_MS * tone.SAMPLE_RATE_HZ / 1000)
        os.pwrite(self._file, self._sound[2 * sample : 2 * sample + self._size], _HEAD)


def _head(size: int) -> bytes:
    rate = tone.SAMPLE_RATE_HZ
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    return (
        b"RIFF" + struct.pack("<I", 36 + size) + b"WAVE" + form + struct.pack("<4sI", b"data", size)
    )
