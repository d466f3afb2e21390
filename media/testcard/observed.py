"""What the testcard's mark and rhythm say of received slots: whose, which frame, how late.

Attached to a playback it measures; nothing is shown or hidden by what it finds. Pictures
and sounds of others (a camera, a browser) carry no mark: they count as unreadable here,
and in the playback's own figures like any other.
"""

from collections import deque
from dataclasses import dataclass, field

from media.client.codecs import Plane, Samples
from media.testcard import marker, tone
from media.testcard.watch import Watch

MAX_FRESH = 1_000


@dataclass(slots=True)
class HeardSlot:
    """The delays of one slot's pulses."""

    listener: tone.ToneListener
    latencies_ms: deque[float] = field(default_factory=lambda: deque(maxlen=500))
    _fresh: list[float] = field(default_factory=list)

    def push(self, samples: Samples | None, now_ms: float) -> None:
        """Take a frame of sound; None: one is missing."""
        if samples is None or len(samples) != tone.FRAME_SAMPLES:
            self.listener.skip()
            return
        latency = self.listener.push(samples, int(now_ms))
        if latency is not None:
            self.latencies_ms.append(latency)
            self._fresh.append(latency)
            del self._fresh[:-MAX_FRESH]

    def take_latencies(self) -> list[float]:
        """Return the delays of the pulses that began since the last call."""
        taken, self._fresh = self._fresh, []
        return taken


class Observed:
    """All slots of a point."""

    def __init__(self) -> None:
        self.heard = tone.Heard()
        self._watches: dict[str, Watch] = {}
        self._sounds: dict[str, HeardSlot] = {}

    def watch(self, slot: str) -> Watch:
        """Return what was seen in a slot of pictures."""
        return self._watches.setdefault(slot, Watch())

    def sounds(self, slot: str) -> HeardSlot:
        """Return what was heard in a slot of sound."""
        return self._sounds.setdefault(slot, HeardSlot(tone.ToneListener(self.heard)))

    def picture(self, slot: str, luma: Plane, now_ms: int) -> None:
        """Read a picture's mark."""
        self.watch(slot).picture(marker.read(luma), now_ms)

    def sound(self, slot: str, samples: Samples | None, now_ms: float) -> None:
        """Listen for the rhythm."""
        self.sounds(slot).push(samples, now_ms)

    def emptied(self, slot: str, now_ms: int) -> None:
        """Take note that a slot shows nobody any more."""
        self.watch(slot).emptied(now_ms)
