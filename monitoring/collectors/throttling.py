"""How much processors held themselves back for heat. Intel's only tell, others stay unknown."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from contracts.machine import ThrottlingSection
from monitoring.collectors.sysfs import number

Counters = Mapping[str, int]


class ThrottlingCollector:
    """Counts from one collection to the next."""

    name = "throttling"
    timeout_s = 5.0
    interval_s = 60.0

    def __init__(self, sys: Path, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._sys = sys
        self._monotonic = monotonic
        self._before: tuple[float, Counters, Counters] | None = None

    async def collect(self) -> ThrottlingSection:
        """Return how much it was since the last collection."""
        now_s = self._monotonic()
        counts = counters(self._sys, "throttle_count")
        times_ms = counters(self._sys, "throttle_total_time_ms")
        before, self._before = self._before, (now_s, counts, times_ms)
        if before is None:
            return ThrottlingSection()
        then_s, counts_then, times_then_ms = before
        held_ms = most_grown(times_then_ms, times_ms)
        return ThrottlingSection(
            throttles=most_grown(counts_then, counts),
            throttled_ratio=_ratio(held_ms, (now_s - then_s) * 1000),
        )


def counters(sys: Path, ending: str) -> dict[str, int]:
    """Return the counters of every core and of the packages, by core and name."""
    folders = (sys / "devices/system/cpu").glob("cpu[0-9]*/thermal_throttle")
    paths = (folder / f"{whose}_{ending}" for folder in folders for whose in ("core", "package"))
    values = ((str(path), number(path)) for path in paths)
    return {path: value for path, value in values if value is not None}


def most_grown(before: Counters, after: Counters) -> int | None:
    """Return by how much the one that grew most has grown; None: none is in both.

    One that went back began anew (its core was switched off and on).
    """
    grown = [value - before[path] for path, value in after.items() if path in before]
    return max((max(0, one) for one in grown), default=None)


def _ratio(held_ms: int | None, all_ms: float) -> float | None:
    if held_ms is None or all_ms <= 0:
        return None
    return round(min(1.0, held_ms / all_ms), 3)
