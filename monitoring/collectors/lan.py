"""Every interface but lo: carrier, and bits per second in and out since the last collection."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from contracts.reports import MAX_INTERFACES, HealthBody, InterfaceRate
from monitoring.collectors.counters import Reading, rate_bps
from monitoring.collectors.host import read_text
from monitoring.errors import CollectorError

LOOPBACK = "lo"
_COLUMNS = 16


@dataclass(frozen=True, slots=True)
class Counters:
    """One line of /proc/net/dev."""

    name: str
    rx_bytes: int
    tx_bytes: int
    errors_total: int
    drops_total: int


class LanCollector:
    """Rates are over the time since the last collection."""

    name = "lan"
    timeout_s = 5.0

    def __init__(
        self, proc: Path, sys: Path, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._proc = proc
        self._sys = sys
        self._monotonic = monotonic
        self._before: dict[str, tuple[Reading, Reading]] = {}

    async def collect(self) -> HealthBody:
        """Return the interfaces' part.

        Raises:
            CollectorError: the kernel's table cannot be read.
        """
        return self._collect()

    def _collect(self) -> HealthBody:
        at_s = self._monotonic()
        before, self._before = self._before, {}
        rates = []
        for counters in read_counters(self._proc)[:MAX_INTERFACES]:
            rx, tx = Reading(counters.rx_bytes, at_s), Reading(counters.tx_bytes, at_s)
            self._before[counters.name] = (rx, tx)
            rx_before, tx_before = before.get(counters.name, (None, None))
            limit_bps = speed_bps(self._sys, counters.name)
            rates.append(
                InterfaceRate(
                    name=counters.name,
                    has_carrier=has_carrier(self._sys, counters.name),
                    rx_bps=rate_bps(rx_before, rx, speed_bps=limit_bps),
                    tx_bps=rate_bps(tx_before, tx, speed_bps=limit_bps),
                    errors_total=counters.errors_total,
                    drops_total=counters.drops_total,
                )
            )
        return HealthBody(interfaces=tuple(rates))


def read_counters(proc: Path) -> list[Counters]:
    """Return every interface but lo, by name.

    Raises:
        CollectorError: the table cannot be read.
    """
    lines = read_text(proc / "net/dev").splitlines()[2:]
    found = []
    for line in lines:
        name, _, rest = line.partition(":")
        words = rest.split()
        name = name.strip()
        if name == LOOPBACK:
            continue
        if len(words) < _COLUMNS or not all(word.isdigit() for word in words):
            raise CollectorError(f"/proc/net/dev has a line of an unknown form: {line[:80]!r}")
        values = [int(word) for word in words]
        found.append(
            Counters(
                name[:32],
                rx_bytes=values[0],
                tx_bytes=values[8],
                errors_total=values[2] + values[10],
                drops_total=values[3] + values[11],
            )
        )
    return sorted(found, key=lambda counters: counters.name)


def attribute(sys: Path, interface: str, name: str) -> str | None:
    """Return one attribute of an interface; None where the kernel has none to tell."""
    try:
        return (sys / "class/net" / interface / name).read_text().strip()
    except OSError:
        return None  # EINVAL while the interface is down, or a virtual one without it


def has_carrier(sys: Path, interface: str) -> bool:
    """Return whether a cable (or its like) is live. Unreadable while the interface is down."""
    return attribute(sys, interface, "carrier") == "1"


def speed_bps(sys: Path, interface: str) -> int | None:
    """Return the link's rate; None where unknown (virtual, wireless, no carrier)."""
    text = attribute(sys, interface, "speed") or ""
    if not text.isdigit() or int(text) == 0 or int(text) >= 0xFFFFFFFF:
        return None
    return int(text) * 1_000_000
