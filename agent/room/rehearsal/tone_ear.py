"""Whether a tone stands out in what a microphone brings: levels at its pitch, before and with it.

It has a fixed size: of sound that was heard stays the loudest level at the pitch.
"""

import numpy as np

from agent.room.rehearsal.verdict import SpeakerFound
from media.client.codecs import Samples
from media.wire.rtp import SOUND_CLOCK_HZ

TONE_HZ = 880
WINDOW = 3840
"""Samples that are looked at together: 80 ms, so that a voice is not taken for the tone."""
HEARD_DB = 10.0
FLOOR_DB = -65.0
"""What is less is of the codec's making: a sound of half the pitch leaves so much of it."""
_FULL_SCALE = 32_768


class ToneEar:
    """Hears frames of sound; `begin` says that the tone is played from now on."""

    def __init__(self) -> None:
        self._kept = np.zeros(0, dtype=np.int16)
        self._quiet_db = self._tone_db = FLOOR_DB
        self._is_toned = False
        self._frames = 0

    def hear(self, samples: Samples) -> None:
        """Take a frame of sound, of any length, at 48 kHz."""
        self._frames += 1
        self._kept = np.concatenate((self._kept, samples))
        while len(self._kept) >= WINDOW:
            level_db = level_at(self._kept[:WINDOW])
            self._kept = self._kept[WINDOW:]
            if self._is_toned:
                self._tone_db = max(self._tone_db, level_db)
            else:
                self._quiet_db = max(self._quiet_db, level_db)

    def begin(self) -> None:
        """Note that the tone begins; what was begun before it is of neither."""
        self._kept, self._is_toned = self._kept[:0], True

    @property
    def found(self) -> SpeakerFound | None:
        """What was heard since the tone began; None: no sound came at all, before it neither.

        A codec sends nothing of silence: what came before and not with the tone was not heard.
        """
        if not self._is_toned or not self._frames:
            return None
        return "heard" if self._tone_db - self._quiet_db >= HEARD_DB else "unheard"


def level_at(samples: Samples) -> float:
    """Return the level at the tone's pitch, in dB of full scale, never below the floor."""
    window = np.hanning(len(samples))
    turns = np.exp(-2j * np.pi * TONE_HZ / SOUND_CLOCK_HZ * np.arange(len(samples)))
    share = 2 * abs(np.dot(samples * window, turns)) / window.sum() / _FULL_SCALE
    return max(FLOOR_DB, 20 * float(np.log10(max(share, 1e-9))))
