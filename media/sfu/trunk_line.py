"""The line to another relay: what is sent over it where it does not carry all that is wanted.

The ladder (ladder.py) is the one of any viewer. It knows slots by what they are for, and a
trunk's are one for each stream: the picture of whoever speaks is the last to become small, what
is shared stays as it is, everybody else comes between. A stream that is to be small goes on
with the small picture under its own SSRC: behind it nobody has to ask for another.

Between workers of one machine there is no line, and nothing is held back.
"""

from collections.abc import Mapping

from contracts.trunk import CONTENT_PREFIX
from media.sfu.bandwidth import Estimate
from media.sfu.downlink import MAIN_SOUND, Downlink
from media.sfu.ladder import CONTENT, Offered, Rung, Wanted
from media.sfu.probe import Probe
from media.sfu.sizes import Size
from media.sfu.slots import SPEAKER
from runtime.limits import TokenBucket

LARGE, SOUND = "high-", "sound-"  # with a source's name: its slots, beside the small picture's
AGAIN_BYTES_PER_S = 300_000
START_BPS, CEILING_BPS = 100_000_000.0, 1_000_000_000.0
NUMBERS_PER_S, TOLD_PER_S = 2_000.0, 40_000.0


class TrunkLine(Downlink):
    """One direction of a trunk. `main` is whose picture is large the longest."""

    def __init__(self) -> None:
        self.main = ""
        self.is_far = False  # whether there is a line at all
        super().__init__(bytes_per_s=AGAIN_BYTES_PER_S, burst_bytes=AGAIN_BYTES_PER_S)
        self.can_pad = True
        self.estimate = Estimate(start_bps=START_BPS, ceiling_bps=CEILING_BPS)
        self.probe = Probe(self.estimate.log)
        self._numbers = TokenBucket(per_s=NUMBERS_PER_S, burst=NUMBERS_PER_S)
        self._told = TokenBucket(per_s=TOLD_PER_S, burst=TOLD_PER_S)

    @property
    def pictures(self) -> Wanted:
        """What is to be sent, by what it is for."""
        return self._pictures

    @pictures.setter
    def pictures(self, pictures: Wanted) -> None:
        self._pictures = {self._use_of(slot): offered for slot, offered in pictures.items()}

    @property
    def sounds(self) -> Mapping[str, Offered]:
        """The sounds, in the same way."""
        return self._sounds

    @sounds.setter
    def sounds(self, sounds: Mapping[str, Offered]) -> None:
        self._sounds = {self._use_of(slot): offered for slot, offered in sounds.items()}

    def _use_of(self, slot: str) -> str:
        if slot == SOUND + self.main:
            return MAIN_SOUND
        if slot == LARGE + self.main:
            return SPEAKER
        return CONTENT if slot.startswith(LARGE + CONTENT_PREFIX) else slot

    @property
    def _allowed(self) -> Rung:
        """What the line carries; a relay with too much to do holds back from viewers alone."""
        return Rung.SOUND if self._is_emptying else self.ladder.rung

    def limit_of(self, slot: str) -> Size:
        """Return the largest picture that is sent in a slot; NONE for a sound is none."""
        return super().limit_of(self._use_of(slot)) if self.is_far else Size.HIGH

    def adapt(self, *, now: float) -> bool:
        """Follow the line, where there is one; return whether the slots are to be filled anew."""
        return self.is_far and super().adapt(now=now)
