"""Inclusive ranges of sequence numbers, ascending."""

from collections.abc import Sequence


def gaps(ranges: Sequence[tuple[int, int]], *, first: int, last: int) -> list[tuple[int, int]]:
    """Return what of first..last (inclusive) lies in none of the ranges.

    Overlapping, unordered or reversed ranges from the wire do no harm.
    """
    found = []
    next_seq = first
    for low, high in sorted(ranges):
        if low > high or high < next_seq:
            continue
        if low > last:
            break
        if low > next_seq:
            found.append((next_seq, low - 1))
        next_seq = high + 1
    if next_seq <= last:
        found.append((next_seq, last))
    return found
