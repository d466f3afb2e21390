"""Octets between two readings of a counter that may have wrapped or begun anew.

A 32-bit counter wraps every 34 s at 1 Gbit/s. How often it has wrapped can only be known where
the interface is too slow to wrap twice between the readings; elsewhere the answer is None.
"""

from dataclasses import dataclass

from monitoring.collectors.counters import SPEED_TOLERANCE

OCTET_BITS = 8


@dataclass(frozen=True, slots=True)
class OctetReading:
    """A counter, and when it was read, by a clock that never goes back.

    Args:
        counter_bits: 32 or 64.
        discontinuity_ticks: ifCounterDiscontinuityTime, which changes when the counter began anew.
        uptime_s: the device's; it goes back where the device began anew.
    """

    value: int
    counter_bits: int
    at_s: float
    discontinuity_ticks: int | None = None
    uptime_s: int | None = None


def wrap_s(counter_bits: int, speed_bps: int) -> float:
    """Return how long a counter lasts on a full interface."""
    return float(2**counter_bits * OCTET_BITS / speed_bps)


def octets_between(
    before: OctetReading | None, after: OctetReading, *, speed_bps: int | None
) -> int | None:
    """Return how many octets passed; None where it cannot be known. RFC 2863, section 3.1.6."""
    if before is None or _is_begun_anew(before, after):
        return None
    elapsed_s = after.at_s - before.at_s
    most = None if not speed_bps else speed_bps / OCTET_BITS * elapsed_s * SPEED_TOLERANCE
    grown = after.value - before.value
    if after.counter_bits < 64:
        whole = 2**after.counter_bits
        if most is None or most >= whole:
            return None
        grown %= whole
    if grown < 0 or (most is not None and grown > most):
        return None
    return grown


def _is_begun_anew(before: OctetReading, after: OctetReading) -> bool:
    is_restarted = (
        before.uptime_s is not None
        and after.uptime_s is not None
        and after.uptime_s < before.uptime_s
    )
    return (
        is_restarted
        or after.at_s <= before.at_s
        or before.counter_bits != after.counter_bits
        or before.discontinuity_ticks != after.discontinuity_ticks
    )
