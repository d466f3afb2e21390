"""The wall clock of one meeting: right when that begins, and without leaps until it ends.

By it is judged how long no picture has come, and a room tells by it which sound belongs to which
picture: a clock that is set by an hour makes neither an hour's freeze nor an hour's delay.
"""

from runtime.clock import Clock
from runtime.steady_clock import SteadyClock


class SteadyWall:
    """Reads the room's clock beside the boot clock, which nobody sets."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._steady = SteadyClock()

    def now_s(self) -> float:
        """Return seconds since 1970."""
        now = self._steady.read(
            wall=self._clock.now(),
            now_s=self._clock.monotonic_ms() / 1000,
            is_synchronised=False,
            is_contradicted=True,  # not followed, however long it stands by where it was set
        )
        return now.timestamp()

    def follow(self) -> None:
        """Begin anew where the clock is now, as a meeting does."""
        self._steady = SteadyClock()
