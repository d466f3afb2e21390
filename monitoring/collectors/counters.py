"""Counters to rates. What cannot be known is None, never a number."""

from dataclasses import dataclass

# A driver's counter may be read a little before or after the clock.
SPEED_TOLERANCE = 1.1


@dataclass(frozen=True, slots=True)
class Reading:
    """A counter of bytes and when it was read, by a clock that never goes back."""

    value: int
    at_s: float


def rate_bps(before: Reading | None, after: Reading, *, speed_bps: int | None = None) -> int | None:
    """Return bits per second between two readings of a byte counter.

    None where it cannot be known: the first reading, a counter that went back (reset,
    or a 32-bit one that wrapped: how often is anybody's guess), no time between the
    readings, or a rate above what the interface can carry.
    """
    if before is None or after.value < before.value or after.at_s <= before.at_s:
        return None
    rate = (after.value - before.value) * 8 / (after.at_s - before.at_s)
    if speed_bps and rate > speed_bps * SPEED_TOLERANCE:
        return None
    return round(rate)


def share(before: tuple[int, int] | None, after: tuple[int, int]) -> float | None:
    """Return the part/whole by which two counters (part, whole) grew; None: not known."""
    if before is None:
        return None
    part, whole = after[0] - before[0], after[1] - before[1]
    if whole <= 0 or not 0 <= part <= whole:
        return None
    return part / whole
