"""Round trips of one interval to what a report says about the line."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean

from contracts.reports import LineSection

DECIMALS = 2


def summarise(sent: int, rtts_ms: Sequence[float]) -> LineSection:
    """Return the interval's result. `rtts_ms` are in the order the probes were sent.

    Jitter is the mean difference between neighbouring round trips (RFC 3393's delay
    variation, both directions together), not known with fewer than two answers.
    """
    if not rtts_ms:
        return LineSection(sent=sent, received=0)
    differences = [abs(b - a) for a, b in pairwise(rtts_ms)]
    return LineSection(
        sent=sent,
        received=len(rtts_ms),
        rtt_ms=round(fmean(rtts_ms), DECIMALS),
        rtt_min_ms=round(min(rtts_ms), DECIMALS),
        rtt_max_ms=round(max(rtts_ms), DECIMALS),
        jitter_ms=round(fmean(differences), DECIMALS) if differences else None,
    )
