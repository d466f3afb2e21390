"""One's own media as they came back: looked at, listened to, counted, and not kept.

Of each picture that is looked at stays one small sample until the next, of sound a number.
"""

from collections import deque
from statistics import median

import numpy as np

from agent.room.rehearsal.tone_ear import ToneEar
from agent.room.rehearsal.verdict import HeardSound, SeenPictures
from media.client.codecs import Plane, Samples
from media.sfu.slots import SOUND_SLOTS, STAGE
from media.wire.seqnum import extended16

SAMPLE_MS = 500
MAX_SAMPLES = 80  # half a minute
_EVERY = 8  # of rows and columns
_FULL_SCALE = 32_768


class OwnMedia:
    """What a playback shows of an echo: its observer. `ear`: who listens for the test sound."""

    def __init__(self, ear: ToneEar | None = None) -> None:
        self._ear = ear
        self._pictures = self._sounds = 0
        self._peak = 0
        self._sampled_ms = self._picture_ms = -SAMPLE_MS
        self._before: np.ndarray | None = None
        self._lumas: deque[float] = deque(maxlen=MAX_SAMPLES)
        self._brightest: deque[float] = deque(maxlen=MAX_SAMPLES)
        self._changes: deque[float] = deque(maxlen=MAX_SAMPLES)

    def picture(self, slot: str, luma: Plane, now_ms: int) -> None:
        """Look at a picture, twice a second."""
        if slot != STAGE:
            return
        self._pictures += 1
        self._picture_ms = now_ms
        if now_ms - self._sampled_ms < SAMPLE_MS:
            return
        self._sampled_ms = now_ms
        sample = luma[::_EVERY, ::_EVERY].astype(np.int16)
        self._lumas.append(float(sample.mean()))
        self._brightest.append(float(np.percentile(sample, 98)))
        before, self._before = self._before, sample
        if before is not None and before.shape == sample.shape:
            self._changes.append(float(np.abs(sample - before).mean()))

    def sound(self, slot: str, samples: Samples | None, now_ms: float) -> None:
        """Listen to a frame of sound."""
        if slot != SOUND_SLOTS[0] or samples is None or len(samples) == 0:
            return
        self._sounds += 1
        self._peak = max(self._peak, int(np.abs(samples.astype(np.int32)).max()))
        if self._ear is not None:
            self._ear.hear(samples)

    def emptied(self, slot: str, now_ms: int) -> None:
        """Pass over it: what comes no more is missed by itself."""

    def pictures(self, now_ms: int) -> SeenPictures:
        """Return what was seen until now; of brightness and change the later half counts."""
        if not self._pictures:
            return SeenPictures()
        changes = _later(self._changes)
        return SeenPictures(
            count=self._pictures,
            luma=median(_later(self._lumas)),
            brightest=median(_later(self._brightest)),
            changed=median(changes) if changes else 0.0,
            compared=len(changes),
            silent_s=max(0, now_ms - self._picture_ms) / 1000,
        )

    def heard(self) -> HeardSound:
        """Return what was heard until now."""
        if not self._sounds:
            return HeardSound()
        peak_dbfs = 20 * float(np.log10(max(self._peak, 0.5) / _FULL_SCALE))
        return HeardSound(self._sounds, peak_dbfs)


def _later(values: deque[float]) -> list[float]:
    """Return the later half of some values, the middle one with it."""
    return list(values)[len(values) // 2 :]


class NumberedPackets:
    """How many of the packets that were numbered one after another have come.

    A number is told once or again; who was told of as missing may still come.
    """

    def __init__(self) -> None:
        self._told: set[int] = set()
        self._came: set[int] = set()
        self._newest: int | None = None
        self._base = 0

    def renew(self) -> None:
        """Begin a new session's numbers, beside those that were counted."""
        self._base = (max(self._told, default=0) // 2**16 + 2) * 2**16
        self._newest = None

    def told(self, number: int, *, has_come: bool) -> None:
        """Take note of a packet by its 16 bits."""
        near = self._newest if self._newest is not None else self._base + number
        whole = extended16(number, near)
        self._newest = max(near, whole)
        self._told.add(whole)
        if has_come:
            self._came.add(whole)

    def came(self, number: int) -> None:
        """Take note of a packet that came here: those between it and the last are missing."""
        before = self._newest
        self.told(number, has_come=True)
        if before is not None and self._newest is not None:
            self._told.update(range(before + 1, self._newest))

    @property
    def loss_ratio(self) -> float | None:
        """The share that has not come; None: nothing is known of any."""
        return 1 - len(self._came) / len(self._told) if self._told else None
