"""Whether what always comes has stopped coming, long before a check goes unanswered.

Media come many times a second, as do reports on them. What the longest pause between them
was lately is known; one that is three times as long is strange. Where they come seldom
anyway, such as in silence, nothing is said. Pure; times are milliseconds of a steady clock.
"""

from dataclasses import dataclass

LEAST_SILENCE_MS = 100
LONGEST_USUAL_MS = 150
_TIMES = 3
_FADES = 0.995
_OUTAGE_MS = 1_000  # a longer pause says nothing of the next


@dataclass(slots=True)
class Pulse:
    """What comes by one way."""

    usual_ms: float = LONGEST_USUAL_MS + 1
    _last_ms: float | None = None

    def heard(self, now_ms: float) -> None:
        """Note that something authentic came."""
        if self._last_ms is not None:
            pause_ms = now_ms - self._last_ms
            if pause_ms < _OUTAGE_MS:
                self.usual_ms = max(pause_ms, self.usual_ms * _FADES)
        self._last_ms = now_ms

    def is_missed(self, now_ms: float) -> bool:
        """Return whether nothing has come for strangely long."""
        if self._last_ms is None or self.usual_ms > LONGEST_USUAL_MS:
            return False
        return now_ms - self._last_ms > max(LEAST_SILENCE_MS, _TIMES * self.usual_ms)
