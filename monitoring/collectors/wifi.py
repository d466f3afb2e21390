"""How strong the Wi-Fi is by which the point goes out; nothing where it goes out by cable.

The kernel's file says it, and where that is gone or leaves the interface out its netlink does.
"""

from collections.abc import Callable
from pathlib import Path

from contracts.section import Section
from monitoring.collectors import nl80211
from monitoring.collectors.host import read_text
from monitoring.collectors.routes import default_route
from monitoring.errors import CollectorError

PLAUSIBLE_DBM = (-120.0, 0.0)
_HEAD_LINES = 2


class WifiCollector:
    """A file of the kernel, else a question to it."""

    name = "wifi"
    timeout_s = 5.0
    interval_s = 60.0

    def __init__(
        self,
        proc: Path,
        sys: Path,
        *,
        by_netlink: Callable[[str], int | None] = nl80211.signal_dbm,
    ) -> None:
        self._proc = proc
        self._sys = sys
        self._by_netlink = by_netlink

    async def collect(self) -> Section:
        """Return the signal's figure.

        Raises:
            CollectorError: a file of the kernel is missing or odd, or the kernel does not answer.
        """
        route = default_route(self._proc)
        signal = self._signal(route.interface) if route else None
        return Section(figures={} if signal is None else {"wifi_signal_dbm": signal})

    def _signal(self, interface: str) -> float | None:
        signal = signal_dbm(self._proc, interface)
        if signal is None and (self._sys / "class/net" / interface / "phy80211").exists():
            said = self._by_netlink(interface)
            signal = float(said) if said is not None and _is_plausible(said) else None
        return signal


def signal_dbm(proc: Path, interface: str) -> float | None:
    """Return the signal of an interface; None: it is no Wi-Fi, has no access point, or says none.

    The third number of /proc/net/wireless. A driver that counts otherwise says a number above 0.
    """
    path = proc / "net/wireless"
    if not path.exists():
        return None  # a kernel without wireless extensions
    for line in read_text(path).splitlines()[_HEAD_LINES:]:
        name, _, rest = line.partition(":")
        if name.strip() == interface:
            words = rest.split()
            try:
                signal = float(words[2].rstrip("."))
            except (IndexError, ValueError) as exc:
                raise CollectorError(f"/proc/net/wireless: {line[:80]!r}") from exc
            return signal if _is_plausible(signal) else None
    return None


def _is_plausible(signal: float) -> bool:
    return PLAUSIBLE_DBM[0] <= signal < PLAUSIBLE_DBM[1]
