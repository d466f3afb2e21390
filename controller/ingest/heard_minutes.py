"""What a room heard of a meeting, minute by minute, as one short text a point and meeting. Pure.

Four bytes a minute, for how many milliseconds it heard and of how many it tells, in base64: spans
may come late, in any order, and what they add up to is the same.
"""

import struct
from base64 import b64decode, b64encode
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contracts.sound_span import SoundSpan
from monitoring.judgement.uninterrupted import LONGEST, MINUTE, MINUTE_MS, MinuteHeard

MOST_MINUTES = LONGEST // MINUTE
_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
Minutes = dict[int, tuple[int, int]]
"""By the minute's number since 1970, for how many milliseconds, and of how many."""


@dataclass(frozen=True, slots=True)
class KeptMinutes:
    """Minutes on end from `begins_at` on, as they are kept."""

    begins_at: datetime
    text: str


def heard_of(kept: KeptMinutes) -> dict[datetime, MinuteHeard]:
    """Return the minutes of which something was told."""
    return {_EPOCH + number * MINUTE: MinuteHeard(*one) for number, one in _unpacked(kept).items()}


def added(kept: KeptMinutes | None, minutes: Minutes) -> KeptMinutes | None:
    """Return what is kept with more of it; None: there is nothing.

    No meeting lasts two days: of what does not fit into so many, those two days are kept that have
    the most minutes, the newly told where as many. What is told twice loses what either lost.
    """
    found = _unpacked(kept) if kept is not None else {}
    if not found and not minutes:
        return kept
    first = _fullest(found.keys() | minutes.keys(), minutes)
    found = {number: one for number, one in found.items() if first <= number < first + MOST_MINUTES}
    for number, (heard_ms, over_ms) in minutes.items():
        if first <= number < first + MOST_MINUTES:
            heard_before, over_before = found.get(number, (0, 0))
            lost_ms = over_before - heard_before + over_ms - heard_ms
            over_ms = min(MINUTE_MS, over_before + over_ms)
            found[number] = max(0, over_ms - lost_ms), over_ms
    return _packed(found)


def _fullest(numbers: Iterable[int], told: Minutes) -> int:
    """Return with which minute those two days begin that have the most."""
    ordered = sorted(numbers)

    def minutes_from(place: int) -> tuple[int, bool]:
        end = bisect_left(ordered, ordered[place] + MOST_MINUTES)
        return end - place, any(number in told for number in ordered[place:end])

    if ordered[-1] - ordered[0] < MOST_MINUTES:
        return ordered[0]
    return ordered[max(range(len(ordered)), key=minutes_from)]


def minutes_of(spans: Iterable[SoundSpan], at: datetime) -> Minutes:
    """Return what a report at a time tells, each span in the minute that its middle is in."""
    found: Minutes = {}
    at_ms = (at - _EPOCH) // _MILLISECOND
    for one in spans:
        number = (at_ms - one.ago_ms + one.over_ms // 2) // MINUTE_MS
        heard_ms, over_ms = found.get(number, (0, 0))
        heard = heard_ms + min(one.heard_ms, one.over_ms)
        found[number] = heard, over_ms + one.over_ms
    return found


def _packed(minutes: Minutes) -> KeptMinutes:
    first, last = min(minutes), max(minutes)
    values = [value for n in range(first, last + 1) for value in minutes.get(n, (0, 0))]
    text = b64encode(struct.pack(f"<{len(values)}H", *values)).decode()
    return KeptMinutes(_EPOCH + first * MINUTE, text)


def _unpacked(kept: KeptMinutes) -> Minutes:
    data = b64decode(kept.text)
    values = struct.unpack(f"<{len(data) // 2}H", data)
    first = (kept.begins_at - _EPOCH) // MINUTE
    pairs = zip(values[::2], values[1::2], strict=True)
    return {first + n: pair for n, pair in enumerate(pairs) if pair[1]}
