"""Figures from samples."""

import itertools
from collections.abc import Sequence


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the value below which the given share (0 to 1) of samples lies: nearest rank.

    Raises:
        ValueError: there are no samples.
    """
    if not samples:
        raise ValueError("a percentile of no samples")
    ordered = sorted(samples)
    rank = max(1, -(-len(ordered) * share // 1))
    return ordered[min(len(ordered), int(rank)) - 1]


def median(samples: Sequence[float]) -> float:
    """Return the middle of the samples."""
    return percentile(samples, 0.5)


def gap_max(instants: Sequence[float], *, begin: float, end: float) -> float:
    """Return the longest stretch without an instant between begin and end, edges included."""
    inside = [begin, *sorted(t for t in instants if begin < t < end), end]
    return max(later - earlier for earlier, later in itertools.pairwise(inside))
