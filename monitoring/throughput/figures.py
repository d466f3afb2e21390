"""From what came in each tenth of a second to a rate, and from round trips to responsiveness. Pure.

A connection begins slowly and a shaper may let a burst pass first: what came within the first
WARM_UP_S is left out, as is the last tenth, which is seldom a whole one. Of a test that was over
sooner, since its bytes were used up, the later half is looked at, and the line is at least this
fast.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from statistics import median

from monitoring.throughput.wire import BIN_S

WARM_UP_S = 1.5
ENOUGH_S = 1.0
LEAST_BINS = 2
LEAST_ROUND_TRIPS = 5


@dataclass(frozen=True, slots=True)
class Rate:
    """Bits of payload a second; `is_at_least`: the test was too short, or was held back."""

    bps: int
    is_at_least: bool = False


def joined(connections: Iterable[Sequence[int]]) -> list[int]:
    """Return what several connections brought together; all begin at one moment."""
    return [sum(of_all) for of_all in zip_longest(*connections, fillvalue=0)]


def rate_of(bins: Sequence[int], *, was_held_back: bool = False) -> Rate | None:
    """Return the lasting rate; None: too little came to say."""
    came = list(bins)
    while came and not came[-1]:
        came.pop()  # nothing was sent any more
    whole = came[:-1]
    warm = round(WARM_UP_S / BIN_S)
    is_short = len(whole) - warm < round(ENOUGH_S / BIN_S)
    looked_at = whole[len(whole) // 2 :] if is_short else whole[warm:]
    if len(looked_at) < LEAST_BINS:
        return None
    bps = round(sum(looked_at) * 8 / (len(looked_at) * BIN_S))
    return Rate(bps, is_at_least=is_short or was_held_back)


def middle_ms(round_trips_ms: Sequence[float]) -> float | None:
    """Return the median of round trips; None: there are too few."""
    if len(round_trips_ms) < LEAST_ROUND_TRIPS:
        return None
    return round(median(round_trips_ms), 1)


def per_minute(rtt_ms: float | None) -> int | None:
    """Return round trips a minute (draft-ietf-ippm-responsiveness, section 4.3)."""
    return round(60_000 / rtt_ms) if rtt_ms else None
