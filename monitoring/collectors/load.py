"""How much waits for the processor, and how much of the swap is used."""

from pathlib import Path

from contracts.section import Section
from monitoring.collectors.host import read_text
from monitoring.errors import CollectorError


class LoadCollector:
    """Files of the kernel only."""

    name = "load"
    timeout_s = 5.0
    interval_s = 60.0

    def __init__(self, proc: Path) -> None:
        self._proc = proc

    async def collect(self) -> Section:
        """Return the load's figures.

        Raises:
            CollectorError: a file of the kernel is missing or of another form.
        """
        figures = {"load_1min_count": load_1min(self._proc)}
        swap = swap_ratio(self._proc)
        return Section(figures=figures if swap is None else {**figures, "swap_ratio": swap})


def load_1min(proc: Path) -> float:
    """Return the load average over a minute. proc(5), /proc/loadavg."""
    try:
        return float(read_text(proc / "loadavg").split()[0])
    except (IndexError, ValueError) as exc:
        raise CollectorError("/proc/loadavg does not begin with a number") from exc


def swap_ratio(proc: Path) -> float | None:
    """Return the part of the swap in use; None where there is none."""
    found: dict[str, int] = {}
    for line in read_text(proc / "meminfo").splitlines():
        key, _, rest = line.partition(":")
        words = rest.split()
        if key in ("SwapTotal", "SwapFree") and words and words[0].isdigit():
            found[key] = int(words[0])
    total = found.get("SwapTotal", 0)
    return round(1 - min(1.0, found.get("SwapFree", 0) / total), 3) if total else None
