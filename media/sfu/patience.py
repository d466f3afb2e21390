"""How long a rung is left alone that was lost soon after it was climbed to.

A line may carry a picture and not what comes with it: the keyframe that it begins with, and those
that others ask for. Such a rung is taken, lost, and taken again a second later, for ever. So each
loss soon after a climb makes the next wait for that rung longer:

    the first     FIRST_S, then twice as long each time, LONGEST_S at most
    a sign that the line became faster ends one wait, and no other before the line is calm:
                  a queue that is gone may look like one
    calm          CALM_S without such a loss: all of it is forgotten

A rung that was kept for SOON_S was right, and its loss says nothing against it. Whatever a line
and its signs are like, a rung is lost at most once in SOON_S or LONGEST_S on the whole, and a few
times more at the beginning.
"""

from dataclasses import dataclass

SOON_S = 60.0
FIRST_S, LONGEST_S = 4.0, 64.0
CALM_S = 300.0


@dataclass(slots=True)
class _Kept:
    """What is held against one rung."""

    climbed_at: float = float("-inf")
    lost_at: float = float("-inf")
    wait_s: float = 0.0
    until: float = float("-inf")
    is_hurried: bool = False


class RungPatience:
    """One ladder's, by rungs from the lowest to the highest. Times are seconds of one clock."""

    def __init__(self, rungs: int) -> None:
        self._rungs = [_Kept() for _ in range(rungs)]

    def allows(self, rung: int, *, now: float) -> bool:
        """Whether a rung may be tried."""
        return now >= self._rungs[rung].until

    def climbed(self, rung: int, *, now: float) -> None:
        """Note a climb to a rung."""
        self._rungs[rung].climbed_at = now

    def lost(self, rung: int, *, now: float) -> None:
        """Note that a rung was left, by itself or with one above."""
        kept = self._rungs[rung]
        if now - kept.climbed_at >= SOON_S:
            return
        if now - kept.lost_at >= CALM_S:
            kept.wait_s, kept.is_hurried = 0.0, False
        kept.wait_s = min(LONGEST_S, max(FIRST_S, 2 * kept.wait_s))
        kept.lost_at, kept.until = now, now + kept.wait_s

    def hurry(self, *, now: float) -> None:
        """Note a sign that the line became faster."""
        for kept in self._rungs:
            if kept.until > now and not kept.is_hurried:
                kept.until, kept.is_hurried = now, True
