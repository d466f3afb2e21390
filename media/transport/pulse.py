"""Whether what always comes has stopped coming, long before a check goes unanswered.

Media come many times a second, as do reports on them. How long the pauses between them were
lately is known; one that is far longer is strange. Where they come seldom anyway, such as
in silence, nothing is said. A pause that is the only one of its kind, such as this process
makes when it gets no time, is soon forgotten. Pure; times are milliseconds of a steady clock.
"""

import math
from dataclasses import dataclass

LEAST_SILENCE_MS = 100
LONGEST_USUAL_MS = 150
_TIMES = 2.5
_RISES_BY = 4
_HALVED_MS = 1_000
_OUTAGE_MS = 1_500  # a longer pause says nothing of the next; reports come each second


@dataclass(slots=True)
class Pulse:
    """What comes by one way; `last_ms`: when something did last."""

    usual_ms: float = LONGEST_USUAL_MS + 1
    last_ms: float | None = None

    def heard(self, now_ms: float) -> None:
        """Note that something authentic came."""
        if self.last_ms is not None:
            pause_ms = now_ms - self.last_ms
            if pause_ms < _OUTAGE_MS:
                self.usual_ms *= 0.5 ** (pause_ms / _HALVED_MS)
                self.usual_ms += max(0.0, pause_ms - self.usual_ms) / _RISES_BY
        self.last_ms = now_ms

    @property
    def missed_from_ms(self) -> float:
        """From when on something is missed, if nothing comes; infinite: never."""
        if self.last_ms is None or self.usual_ms > LONGEST_USUAL_MS:
            return math.inf
        return self.last_ms + max(LEAST_SILENCE_MS, _TIMES * self.usual_ms)
