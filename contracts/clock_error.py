"""Whether a point's clock is known: one law for its schedule and for where its reports stand."""

from contracts.reports import ClockState

MAX_CLOCK_ERROR_MS = 5_000


def is_clock_of_its_own(clock: ClockState) -> bool:
    """Return whether a clock is known, and not from the centre: an echo is no witness."""
    return clock.source == "ntp" and is_clock_known(clock)


def is_clock_known(clock: ClockState) -> bool:
    """Return whether the point itself vouches for its clock, to five seconds.

    An error that nobody knows is no small one.
    """
    is_small = clock.error_ms is not None and clock.error_ms <= MAX_CLOCK_ERROR_MS
    return clock.source != "unknown" and is_small
