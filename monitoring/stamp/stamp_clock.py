"""A clock that is not set while it runs: the wall clock's time at its start, and what passed since.

A machine whose wall clock is set in the middle of a measurement would show the step as a delay of
the line. The kernel stamps arrivals by the wall clock, so an arrival is told by its age. Pure: all
readings are passed in.
"""

MAX_AGE_NS = 1_000_000_000
"""Older than this nothing waits in a socket; the wall clock was set meanwhile."""


class StampClock:
    """Nanoseconds since 1970, as true as the wall clock was when it began."""

    def __init__(self, *, wall_ns: int, monotonic_ns: int) -> None:
        self._base_ns = wall_ns - monotonic_ns

    def at(self, monotonic_ns: int) -> int:
        """Return the time at a reading of the monotonic clock."""
        return self._base_ns + monotonic_ns

    def arrival(
        self, arrived_wall_ns: int, *, wall_ns: int, monotonic_ns: int, most_ns: int = MAX_AGE_NS
    ) -> int:
        """Return when something arrived that the kernel stamped, both clocks being read now.

        Args:
            most_ns: for how long it may have waited: since all was read last.
        """
        age_ns = wall_ns - arrived_wall_ns
        return self.at(monotonic_ns) - (age_ns if 0 <= age_ns <= most_ns else 0)

    def error_ns(
        self, known_error_ns: int | None, *, wall_ns: int, monotonic_ns: int
    ) -> int | None:
        """Return how wrong it may be, given how wrong the wall clock may; None: nobody knows."""
        if known_error_ns is None:
            return None
        return known_error_ns + abs(wall_ns - self.at(monotonic_ns))
