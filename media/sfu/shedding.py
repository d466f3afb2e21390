"""Whom an overloaded relay sends less: everybody, a rung a second, before it is late for all.

A relay that is late because of its own work takes the large pictures of all but the speaker
first, then the speaker's, then every picture; sound goes on. One rung is given back for each
quarter of a minute in which it kept up with room to spare. Beside this nobody new is let in.
"""

from media.sfu.ladder import Rung

SHED_S = 1.0
CALM_S = 15.0


class Shedding:
    """The rung above which nobody is sent anything now."""

    def __init__(self) -> None:
        self.cap = Rung.HIGH
        self._changed_at = float("-inf")
        self._strained_at = float("-inf")

    @property
    def is_on(self) -> bool:
        """Whether everybody is sent less now."""
        return self.cap < Rung.HIGH

    def step(self, *, is_late: bool, is_calm: bool, now: float) -> None:
        """Follow the load. Where it is neither late nor calm all stays as it is."""
        if not is_calm:
            self._strained_at = now
        if is_late and self.cap > Rung.SOUND and now - self._changed_at >= SHED_S:
            self.cap, self._changed_at = Rung(self.cap - 1), now
        elif self.cap < Rung.HIGH and now - max(self._changed_at, self._strained_at) >= CALM_S:
            self.cap, self._changed_at = Rung(self.cap + 1), now
