"""A file that Chromium takes for a camera: one picture, drawn anew before each reading.

Chromium plays such a file from its beginning to its end and begins anew, a picture each
40 ms. This one is over after its first picture, so what is written into that place is
what the camera sees next: a testcard that really moves and says when it was taken.
"""

import os
from pathlib import Path

import numpy as np

from media.testcard import marker
from media.testcard.marker import Strip
from media.testcard.picture import HEIGHT, WIDTH, Picture, Plane

# How long before it is read a picture is taken: enough to draw it on a slow machine.
EXPOSED_MS = 20
# Every so many-th pixel of the testcard's makes the camera's.
PART = 1


class Film:
    """The file, and the picture that is in it."""

    def __init__(self, file: Path, number: int, name: str, *, times: int = 1) -> None:
        """Make the file; there is no picture in it yet.

        Args:
            times: how often each pixel of the testcard is in the camera's, across and down.
        """
        self._number = number
        self._picture = Picture(number, name)
        self._part = PART
        self._planes = [np.zeros((HEIGHT // n, WIDTH // n), dtype=np.uint8) for n in (1, 2, 2)]
        self._times = times
        width, height = times * WIDTH // self._part, times * HEIGHT // self._part
        head = f"YUV4MPEG2 W{width} H{height} F25:1 Ip A1:1 C420jpeg\nFRAME\n".encode()
        self._begin = len(head)
        self._counter: int | None = None
        self._file = os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.pwrite(self._file, head, 0)

    def take(self, wall_ms: int, *, is_read: bool) -> None:
        """Put the picture of this moment in.

        Args:
            is_read: the one that is in was read; else this one takes its place and its number.
        """
        slot = wall_ms // marker.SLOT_MS
        if self._counter is None or abs(slot - self._counter) > marker.SLOT_MS:
            self._counter = slot
        elif is_read:
            self._counter += 1
        self._picture.draw(self._planes, wall_ms)
        counter = self._counter % marker.COUNTER_MODULUS
        strip = Strip(self._number, counter, wall_ms % marker.TIME_MODULUS_MS)
        marker.draw(strip, self._planes[0])
        pixels = b"".join(self._sized(plane).tobytes() for plane in self._planes)
        os.pwrite(self._file, pixels, self._begin)

    def _sized(self, plane: Plane) -> Plane:
        part, times = self._part, self._times
        small = plane[::part, ::part]
        return small if times == 1 else small.repeat(times, axis=0).repeat(times, axis=1)

    def end(self) -> None:
        """Take the file away from under its reader, as pulling a camera's cable does."""
        os.ftruncate(self._file, 0)
