"""From two polls of an interface to its rates; what cannot be told is None. Pure."""

from monitoring.collectors.snmp.report import PolledInterface

_WIDTHS = {32: 2**32, 64: 2**64}
OCTET_BITS = 8
# Counters are read a little before or after the moment that is noted.
TOLERANCE = 1.2
FASTEST_BPS = 100_000_000_000


def rates(
    before: PolledInterface | None, now: PolledInterface, *, span_s: float
) -> tuple[int | None, int | None]:
    """Return bits a second received and sent since the poll before.

    Args:
        span_s: between both polls; the device has not started anew within it.
    """
    if before is None or span_s <= 0 or before.counter_bits != now.counter_bits:
        return None, None
    return (
        _rate(before.in_octets, now.in_octets, now, span_s),
        _rate(before.out_octets, now.out_octets, now, span_s),
    )


def _rate(
    before: int | None, after: int | None, port: PolledInterface, span_s: float
) -> int | None:
    """Return one direction's rate; a counter may have wrapped once, and not unseen oftener."""
    if before is None or after is None or port.counter_bits not in _WIDTHS:
        return None
    width = _WIDTHS[port.counter_bits]
    fastest_bps = (port.speed_bps or FASTEST_BPS) * TOLERANCE
    if port.counter_bits == 32 and fastest_bps * span_s / OCTET_BITS >= width:
        return None
    bps = (after - before) % width * OCTET_BITS / span_s
    # More than the port carries: the counter was put back, and has not wrapped.
    return round(bps) if bps <= fastest_bps else None
