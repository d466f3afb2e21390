"""How round trips were spread, in a form that adds up in any order. Pure.

A histogram counts values by bins, each a twentieth wider than the one before, so that a
quantile is right to a twentieth of itself at worst, however long the time it is of. Two are
one by adding their counts: whatever order reports come in, what is kept is the same.
"""

import math
from collections.abc import Iterable, Sequence

import msgspec

from contracts.line import LAST_BIN

Histogram = dict[int, int]
"""How many values are in each bin; no bin without any."""

MOST_KNOWN = 3
GROWTH, FIRST_MS = 1.05, 0.1
"""Bin 0 is up to FIRST_MS, the last from a minute on."""
_PER_BIN = 1 / math.log(GROWTH)
_decoder = msgspec.json.Decoder(list[int])
_encoder = msgspec.json.Encoder()


def bin_of(value_ms: float) -> int:
    """Return which bin a value is in."""
    if value_ms <= FIRST_MS:
        return 0
    return min(LAST_BIN, 1 + int(math.log(value_ms / FIRST_MS) * _PER_BIN))


def of_probes(
    count: int, mean_ms: float | None, lowest_ms: float | None, highest_ms: float | None
) -> Histogram:
    """Return the histogram of a report's probes.

    Up to three are known one by one from their mean, lowest and highest; of more nothing is.
    """
    if mean_ms is None or not 0 < count <= MOST_KNOWN:
        return {}
    if count == 1 or lowest_ms is None or highest_ms is None:
        return {bin_of(mean_ms): count}
    found = {bin_of(lowest_ms): 1}
    add(found, {bin_of(highest_ms): 1})
    if count == MOST_KNOWN:
        between_ms = count * mean_ms - lowest_ms - highest_ms
        add(found, {bin_of(min(max(between_ms, lowest_ms), highest_ms)): 1})
    return found


def add(to: Histogram, other: Histogram) -> None:
    """Add one histogram to another, in place; a bin of none, which a point may send, is no bin."""
    for one, count in other.items():
        if count:
            to[one] = to.get(one, 0) + count


def summed(encoded_ones: Iterable[str]) -> Histogram:
    """Return what histograms are together."""
    found: Histogram = {}
    for text in encoded_ones:
        add(found, decoded(text))
    return found


def quantiles(
    histogram: Histogram, ratios: Sequence[float], lowest_ms: float | None, highest_ms: float | None
) -> list[float]:
    """Return the values below which these shares of all lie; never outside lowest and highest.

    Args:
        histogram: of one value at least.
        ratios: from 0 to 1, in rising order.
    """
    total, below, at = sum(histogram.values()), 0, 0
    bins = sorted(histogram.items())
    found: list[float] = []
    for ratio in ratios:
        while at < len(bins) - 1 and below + bins[at][1] < ratio * total:
            below += bins[at][1]
            at += 1
        share = min(1.0, max(0.0, (ratio * total - below) / bins[at][1]))
        value = FIRST_MS * GROWTH ** (bins[at][0] - 1 + share)
        if lowest_ms is not None:
            value = max(value, lowest_ms)
        found.append(value if highest_ms is None else min(value, highest_ms))
    return found


def encoded(histogram: Histogram) -> str:
    """Return a histogram as text: bin, count, bin, count, and so on, bins in order."""
    return _encoder.encode([n for pair in sorted(histogram.items()) for n in pair]).decode()


def decoded(text: str) -> Histogram:
    """Return the histogram that a text of `encoded` is of."""
    flat = _decoder.decode(text)
    return dict(zip(flat[::2], flat[1::2], strict=True))
