"""What a device's ports damaged of late and give of power, as a person reads it."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.devices import PoeCondition, SeenDevice, SeenPoe
from controller.web.elements import Badge
from controller.web.i18n.language import N_, Language


@dataclass(frozen=True, slots=True)
class PortFaults:
    """Frames that a port damaged and dropped over the last hour; None: not known.

    `is_damaging`: that many that it is a problem.
    """

    errors: int | None = None
    drops: int | None = None
    is_damaging: bool = False


FaultsByPort = Mapping[tuple[str, int], PortFaults]
"""By device and number."""
NOTHING_COUNTED: FaultsByPort = {}

_STATES: dict[PoeCondition, tuple[str, str]] = {
    "delivering": ("up", N_("PoE: gives power")),
    "searching": ("unknown", N_("PoE: nothing to power")),
    "fault": ("down", N_("PoE: fault")),
    "disabled": ("unknown", N_("PoE: switched off")),
    "test": ("unknown", N_("PoE: being tested")),
}
BUDGET, USED = "power budget", "power"
"""Of the sensors that say what all ports may take, and take (RFC 3621)."""
SUPPLY = "PoE supply"


def poe_badge(words: Language, port: SeenPoe) -> Badge:
    """Return how a port that gives power is."""
    look, text = _STATES[port.state]
    said = [words.gettext(text)]
    if port.power_w is not None:
        said.append(f"{words.number(port.power_w, 1)} W")
    if port.power_class is not None:
        said.append(words.gettext("class %(n)s", n=port.power_class))
    return Badge(look, f"state-{look}", ", ".join(said))


def poe_summary(words: Language, device: SeenDevice) -> str:
    """Return how many ports give power, and how much of it is used."""
    count = sum(one.state == "delivering" for one in device.poe)
    said = [words.ngettext("%(n)s port gives power", "%(n)s ports give power", count)]
    if faults := sum(one.state == "fault" for one in device.poe):
        said.append(words.ngettext("%(n)s with a fault", "%(n)s with a fault", faults))
    watts = {
        kind: [
            one.value
            for one in device.sensors
            if one.kind == kind and one.name.startswith(SUPPLY) and one.value is not None
        ]
        for kind in (USED, BUDGET)
    }
    if watts[USED] and watts[BUDGET]:
        used, budget = (words.number(sum(watts[kind]), 0) for kind in (USED, BUDGET))
        said.append(words.gettext("%(used)s of %(budget)s W used", used=used, budget=budget))
    return " · ".join(said)
