"""The interfaces: carrier, bits per second since the last collection, errors of late."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from contracts.reports import InterfaceRate, InterfacesSection
from monitoring.collectors.counters import Reading, rate_bps
from monitoring.collectors.interfaces import (
    Counters,
    has_carrier,
    is_physical,
    listed,
    speed_bps,
    summed_up,
)

RECENT_S = 600.0
"""Over how long errors are counted: a cable that was bad an hour ago may be another one now."""
MAX_READINGS = 1024


@dataclass(slots=True)
class ErrorWindow:
    """Errors and packets of one interface within the last minutes."""

    _readings: deque[tuple[float, int, int]] = field(
        default_factory=lambda: deque(maxlen=MAX_READINGS)
    )

    def grown(self, counters: Counters, at_s: float) -> tuple[int, int]:
        """Take a reading; return the errors and packets that came within the window."""
        last = self._readings[-1] if self._readings else None
        if last and (counters.errors_total < last[1] or counters.packets_total < last[2]):
            self._readings.clear()  # a counter that began anew
        self._readings.append((at_s, counters.errors_total, counters.packets_total))
        while at_s - self._readings[0][0] > RECENT_S:
            self._readings.popleft()
        _, errors, packets = self._readings[0]
        return counters.errors_total - errors, counters.packets_total - packets


class LanCollector:
    """Rates are over the time since the last collection."""

    name = "interfaces"
    timeout_s = 5.0
    interval_s = 0.0

    def __init__(
        self, proc: Path, sys: Path, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._proc = proc
        self._sys = sys
        self._monotonic = monotonic
        self._before: dict[str, tuple[Reading, Reading]] = {}
        self._errors: dict[str, ErrorWindow] = {}

    async def collect(self) -> InterfacesSection:
        """Return the interfaces' part.

        Raises:
            CollectorError: the kernel's table cannot be read.
        """
        return InterfacesSection(rates=tuple(self._rates(self._monotonic())))

    def _rates(self, at_s: float) -> Iterator[InterfaceRate]:
        found = listed(self._proc, self._sys)
        before, self._before = self._before, {}
        windows, self._errors = self._errors, {}
        for counters in found.own:
            window = self._errors[counters.name] = windows.get(counters.name, ErrorWindow())
            errors, packets = window.grown(counters, at_s)
            rx_bps, tx_bps = self._grown(counters, before, at_s)
            yield InterfaceRate(
                name=counters.name,
                kind="physical" if is_physical(self._sys, counters.name) else "virtual",
                has_carrier=has_carrier(self._sys, counters.name),
                rx_bps=rx_bps,
                tx_bps=tx_bps,
                errors_total=counters.errors_total,
                drops_total=counters.drops_total,
                recent_errors=errors,
                recent_packets=packets,
            )
        if found.virtual:
            total = summed_up(found.virtual)
            rx_bps, tx_bps = self._grown(total, before, at_s)
            yield InterfaceRate(
                name=total.name,
                kind="virtual",
                count=len(found.virtual),
                has_carrier=any(has_carrier(self._sys, one.name) for one in found.virtual),
                rx_bps=rx_bps,
                tx_bps=tx_bps,
            )

    def _grown(
        self, counters: Counters, before: dict[str, tuple[Reading, Reading]], at_s: float
    ) -> tuple[int | None, int | None]:
        rx, tx = Reading(counters.rx_bytes, at_s), Reading(counters.tx_bytes, at_s)
        self._before[counters.name] = (rx, tx)
        rx_before, tx_before = before.get(counters.name, (None, None))
        limit_bps = speed_bps(self._sys, counters.name)
        return (
            rate_bps(rx_before, rx, speed_bps=limit_bps),
            rate_bps(tx_before, tx, speed_bps=limit_bps),
        )
