"""Sounds of several tracks, laid over one another at their times, taken in equal pieces."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
# Times are whole milliseconds; what is nearer than this to where the last ended goes on there.
NEAR_SAMPLES = RATE_HZ * 40 // 1000
LARGEST = 32_767

Samples = NDArray[np.int16]


@dataclass(slots=True)
class SoundMix:
    """Samples from `position` on are still open; positions count samples from the beginning."""

    position: int = 0
    _open: NDArray[np.int32] = field(default_factory=lambda: np.zeros(RATE_HZ * 4, np.int32))
    _ends: dict[int, int] = field(default_factory=dict)

    def add(self, track: int, at: int, samples: Samples) -> None:
        """Lay a piece over the others. What is too late for its time is left out."""
        expected = self._ends.get(track)
        if expected is not None and abs(at - expected) < NEAR_SAMPLES:
            at = expected
        self._ends[track] = at + samples.size
        begin = at - self.position
        if begin < 0:
            samples, begin = samples[-begin:], 0
        end = begin + samples.size
        if end > self._open.size:
            self._open = np.concatenate((self._open, np.zeros(end, np.int32)))
        self._open[begin:end] += samples

    def take(self, size: int) -> Samples:
        """Return the next piece, which then is closed."""
        if size > self._open.size:
            self._open = np.concatenate((self._open, np.zeros(size, np.int32)))
        piece = np.clip(self._open[:size], -LARGEST, LARGEST).astype(np.int16)
        self._open = np.concatenate((self._open[size:], np.zeros(size, np.int32)))
        self.position += size
        return piece
