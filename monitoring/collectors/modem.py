"""The mobile network as the modem sees it, asked of ModemManager over the system's D-Bus.

Only where there is a modem's interface (`ww…`): elsewhere nobody is asked and the library is not
loaded. Without D-Bus or ModemManager nothing is said. What ModemManager does not say, or says in
values that cannot be, is left out: unknown.
"""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from contracts.uplink import ModemSection
from monitoring.collectors.interfaces import read_counters
from monitoring.judgement.way_out import is_mobile

MODEM = "org.freedesktop.ModemManager1.Modem"
NETWORK, SIGNAL = f"{MODEM}.Modem3gpp", f"{MODEM}.Signal"
INTERVAL_S, NONE_INTERVAL_S = 60.0, 600.0
MAX_CHARS = 120
# MMModemAccessTechnology of ModemManager's API, the quickest first.
_TECHNOLOGIES = (
    (1 << 15, "5gnr"), (1 << 14, "lte"), (1 << 9, "hspa"), (1 << 8, "hspa"), (1 << 7, "hspa"),
    (1 << 6, "hspa"), (1 << 5, "umts"), (1 << 4, "gsm"), (1 << 3, "gsm"), (1 << 2, "gsm"),
    (1 << 1, "gsm"),
)  # fmt: skip
# 3GPP TS 36.133 and 38.133, 9.1 and 10.1: what can be reported, with room beside it.
_PLAUSIBLE = {
    "rsrp": ("rsrp_dbm", -160.0, -20.0),
    "rsrq": ("rsrq_db", -45.0, 25.0),
    "snr": ("snr_db", -30.0, 60.0),
}

Interfaces = Mapping[str, Mapping[str, object]]
"""By name of a D-Bus interface its properties."""


class ModemCollector:
    """The modem whose interface the kernel has."""

    name = "modem"
    timeout_s = 8.0

    def __init__(self, proc: Path, *, bus: Path) -> None:
        self._proc = proc
        self._bus = bus
        self._has_modem = True

    @property
    def interval_s(self) -> float:
        """Seldom where there is none."""
        return INTERVAL_S if self._has_modem else NONE_INTERVAL_S

    async def collect(self) -> ModemSection:
        """Return what the modem says; empty where there is none, or nobody who knows it.

        Raises:
            CollectorError: whoever is at the bus says what is no D-Bus, or far too much.
        """
        named = sorted(one.name for one in read_counters(self._proc) if is_mobile(one.name))
        self._has_modem = bool(named)
        if not named or not self._bus.is_socket():
            return ModemSection()
        from monitoring.collectors.modem_manager import managed_objects  # of weight; few have one

        objects = await managed_objects(self._bus)
        return ModemSection() if objects is None else section_of(objects, named[0])


def section_of(objects: Mapping[str, Interfaces], interface: str) -> ModemSection:
    """Return what ModemManager's objects say of an interface's modem, or of the only one."""
    modems = [objects[path] for path in sorted(objects) if MODEM in objects[path]]
    own = [one for one in modems if interface in _ports(one[MODEM].get("Ports"))]
    if not own and len(modems) != 1:
        return ModemSection()
    modem = (own or modems)[0]
    return ModemSection(
        interface=interface,
        operator=_text(modem.get(NETWORK, {}).get("OperatorName")),
        technology=_technology(modem[MODEM].get("AccessTechnologies")),
        figures=dict(_figures(modem.get(SIGNAL, {}))),
    )


def _ports(value: object) -> set[object]:
    """Return the names of ports, an array of (name, kind)."""
    said = value if isinstance(value, list) else []
    return {one[0] for one in said if isinstance(one, tuple) and one and isinstance(one[0], str)}


def _text(value: object) -> str:
    return value.replace("\0", "").strip()[:MAX_CHARS] if isinstance(value, str) else ""


def _technology(value: object) -> str:
    # All bits set is MM_MODEM_ACCESS_TECHNOLOGY_ANY: it says nothing of what is in use.
    mask = value if isinstance(value, int) and value != 0xFFFFFFFF else 0
    return next((name for bit, name in _TECHNOLOGIES if mask & bit), "")


def _figures(signal: Mapping[str, object]) -> Iterator[tuple[str, float]]:
    """Give the figures of the quickest technology that says any."""
    for technology in ("Nr5g", "Lte"):
        said = signal.get(technology)
        if not isinstance(said, dict):
            continue
        found = {}
        for name, (figure, low, high) in _PLAUSIBLE.items():
            value = said.get(name)
            # What cannot be measured is the least double, as libqmi and libmbim give it.
            if isinstance(value, float) and math.isfinite(value) and low <= value <= high:
                found[figure] = round(value, 1)
        if found:
            yield from found.items()
            return
