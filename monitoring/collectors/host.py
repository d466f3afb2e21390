"""The machine itself: processor, memory, uptime, temperature. Files of the kernel only."""

from pathlib import Path

from contracts.reports import HostSection
from monitoring.collectors.counters import share
from monitoring.errors import CollectorError

DECIMALS = 3
PLAUSIBLE_C = (-60.0, 200.0)


class HostCollector:
    """Processor use is over the time since the last collection."""

    name = "host"
    timeout_s = 5.0
    interval_s = 0.0

    def __init__(self, proc: Path, sys: Path) -> None:
        self._proc = proc
        self._sys = sys
        self._busy_total: tuple[int, int] | None = None

    async def collect(self) -> HostSection:
        """Return the host's part.

        Raises:
            CollectorError: a file of the kernel is missing or unreadable.
        """
        return self._collect()

    def _collect(self) -> HostSection:
        before, self._busy_total = self._busy_total, processor_times(self._proc)
        return HostSection(
            cpu_ratio=_rounded(share(before, self._busy_total)),
            memory_ratio=_rounded(memory_used_ratio(self._proc)),
            uptime_s=uptime_s(self._proc),
            temperature_c=temperature_c(self._sys),
        )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(min(1.0, max(0.0, value)), DECIMALS)


def read_text(path: Path) -> str:
    """Return a kernel file's text.

    Raises:
        CollectorError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as exc:
        raise CollectorError(f"{path}: {exc.strerror or exc}") from exc


def processor_times(proc: Path) -> tuple[int, int]:
    """Return (busy, all) clock ticks of all processors since boot. proc(5), /proc/stat."""
    words = read_text(proc / "stat").split("\n", 1)[0].split()
    if len(words) < 5 or words[0] != "cpu" or not all(w.isdigit() for w in words[1:]):
        raise CollectorError("/proc/stat does not begin with the processors' times")
    # user nice system idle iowait irq softirq steal; guest time is within user already.
    ticks = [int(word) for word in words[1:9]]
    idle = ticks[3] + (ticks[4] if len(ticks) > 4 else 0)
    return sum(ticks) - idle, sum(ticks)


def memory_bytes(proc: Path) -> tuple[int, int]:
    """Return (available, total) bytes."""
    found: dict[str, int] = {}
    for line in read_text(proc / "meminfo").splitlines():
        key, _, rest = line.partition(":")
        words = rest.split()
        if key in ("MemAvailable", "MemTotal") and words and words[0].isdigit():
            found[key] = int(words[0]) * 1024
    if len(found) != 2:
        raise CollectorError("/proc/meminfo does not say MemAvailable and MemTotal")
    return found["MemAvailable"], found["MemTotal"]


def memory_used_ratio(proc: Path) -> float | None:
    """Return the part of memory that is not available to a new program."""
    available, total = memory_bytes(proc)
    return 1 - available / total if total else None


def uptime_s(proc: Path) -> int:
    """Return whole seconds since boot."""
    words = read_text(proc / "uptime").split()
    try:
        return int(float(words[0]))
    except (IndexError, ValueError) as exc:
        raise CollectorError("/proc/uptime does not begin with seconds") from exc


def temperature_c(sys: Path) -> float | None:
    """Return the hottest thermal zone's temperature; None where the machine has none."""
    hottest: float | None = None
    for zone in sorted((sys / "class/thermal").glob("thermal_zone*/temp")):
        try:
            celsius = int(read_text(zone)) / 1000
        except (CollectorError, ValueError):
            continue  # a zone that is switched off: EINVAL or an empty file
        if PLAUSIBLE_C[0] <= celsius <= PLAUSIBLE_C[1]:
            hottest = celsius if hottest is None else max(hottest, celsius)
    return None if hottest is None else round(hottest, 1)
