"""What a point is made of and how its machine and network do, as last reported."""

from dataclasses import dataclass
from datetime import timedelta

from contracts.reports import (
    SUMMED_UP,
    DevicesSection,
    HealthBody,
    InterfaceFacts,
    InterfaceRate,
    InventoryBody,
)
from controller.health import states
from controller.health.views import figures
from controller.web.elements import Badge
from controller.web.i18n.language import Language
from monitoring.figures import FigureReading, measured

SAID_OTHERWISE = ("gateway", "line")
"""Sections whose first figures have a place of their own on the page."""
SAID_ELSEWHERE = ("dns", "segment", "wifi")
"""Sections that have a panel of their own: lan.py."""
OF_UPLINK = ("modem",)
"""And those of uplink.py."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and a value."""

    name: str
    shown: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class InterfaceRow:
    """One network interface."""

    name: str
    role: str
    badge: Badge
    speed: str
    rx: str
    tx: str
    errors: str
    key: str


def facts(
    words: Language, health: HealthBody | None, inventory: InventoryBody | None
) -> tuple[Fact, ...]:
    """Return what is known of the machine; empty where nothing was reported."""
    found: list[Fact] = []
    if inventory is not None:
        found += [
            Fact(words.gettext("Machine"), inventory.hostname),
            Fact(words.gettext("System"), inventory.system),
            Fact(
                words.gettext("Processor"),
                words.ngettext(
                    "%(name)s, %(n)s core",
                    "%(name)s, %(n)s cores",
                    inventory.processor_count,
                    name=inventory.processor,
                ),
            ),
        ]
    if health is not None:
        found += _loads(words, health, inventory)
    if inventory is not None:
        found.append(Fact(words.gettext("Agent version"), inventory.agent_version))
    return tuple(found)


def _loads(words: Language, health: HealthBody, inventory: InventoryBody | None) -> list[Fact]:
    sizes = (
        {"memory_ratio": inventory.memory_bytes, "disk_ratio": inventory.disk_bytes}
        if inventory
        else {}
    )
    found = [
        Fact(
            figures.label(words, one.figure),
            _value(words, one, sizes.get(one.figure.name)),
            one.figure.name,
        )
        for one in measured(health)
        if one.figure.section not in (*SAID_ELSEWHERE, *OF_UPLINK)
        and (one.figure.columns is None or one.figure.section not in SAID_OTHERWISE)
    ]
    if health.host is not None and health.host.uptime_s is not None:
        span = words.duration(timedelta(seconds=health.host.uptime_s))
        found.append(Fact(words.gettext("Running for"), span))
    if health.gateway is not None and health.gateway.address is not None:
        answer = (
            words.milliseconds(health.gateway.rtt_ms)
            if health.gateway.rtt_ms is not None
            else words.gettext("does not answer")
        )
        found.append(Fact(words.gettext("Gateway"), f"{health.gateway.address}, {answer}"))
    if health.room is not None:
        found.append(Fact(words.gettext("Picture and sound"), _media(words, health.room.media)))
        for name, one in (
            (words.gettext("Camera"), health.room.camera),
            (words.gettext("Microphone"), health.room.microphone),
        ):
            if one is not None:
                found.append(Fact(name, states.of_device(words, one)))
    if health.devices is not None:
        found.append(Fact(words.gettext("Held open"), _held(words, health.devices), "devices_held"))
    return found


def _held(words: Language, devices: DevicesSection) -> str:
    if not devices.held:
        return words.gettext("nobody holds a camera or microphone")
    return ", ".join(f"{one.device} {one.holder}".strip() for one in devices.held)


def _value(words: Language, one: FigureReading, whole_bytes: int | None) -> str:
    value = figures.shown(words, one.figure.unit, one.value)
    if whole_bytes is None:
        return value
    return words.gettext("%(used)s of %(all)s", used=value, all=words.size(whole_bytes))


def _media(words: Language, state: str) -> str:
    return {
        "absent": words.gettext("not running"),
        "idle": words.gettext("waiting for a meeting"),
        "joining": words.gettext("joining"),
        "in_meeting": words.gettext("in a meeting"),
        "stuck": words.gettext("hangs"),
    }.get(state, state)


def interfaces(
    words: Language, health: HealthBody | None, inventory: InventoryBody | None
) -> tuple[InterfaceRow, ...]:
    """Return the interfaces of the last health report, the uplink first."""
    if health is None or health.interfaces is None:
        return ()
    known = {one.name: one for one in inventory.interfaces} if inventory else {}
    rows = sorted(
        health.interfaces.rates,
        key=lambda rate: (
            not (rate.name in known and known[rate.name].is_uplink),
            rate.name == SUMMED_UP,
            not rate.has_carrier,
            rate.name,
        ),
    )
    return tuple(_row(words, rate, known.get(rate.name)) for rate in rows)


def _row(words: Language, rate: InterfaceRate, about: InterfaceFacts | None) -> InterfaceRow:
    has_cable = rate.has_carrier
    badge = (
        Badge("up", "state-up", words.gettext("Signal"))
        if has_cable
        else Badge("excluded", "state-excluded", words.gettext("No signal"))
    )
    addresses = ", ".join(about.addresses[:2]) if about else ""
    uplink = words.gettext("way out") if about and about.is_uplink else ""
    return InterfaceRow(
        name=rate.name
        if rate.name != SUMMED_UP
        else words.ngettext("%(n)s virtual interface", "%(n)s virtual interfaces", rate.count),
        role=" · ".join(part for part in (uplink, addresses) if part),
        badge=badge,
        speed=_speed(words, about) if has_cable else "",
        rx=words.rate(rate.rx_bps),
        tx=words.rate(rate.tx_bps),
        errors=_errors(words, rate),
        key=rate.name,
    )


def _errors(words: Language, rate: InterfaceRate) -> str:
    errors = words.ngettext("%(n)s error", "%(n)s errors", rate.errors_total)
    if not rate.drops_total:
        return errors
    drops = words.ngettext("%(n)s dropped", "%(n)s dropped", rate.drops_total)
    return f"{errors}, {drops}"


def _speed(words: Language, about: InterfaceFacts | None) -> str:
    if about is None or not about.speed_bps:
        return ""
    duplex = {"full": words.gettext("full duplex"), "half": words.gettext("half duplex")}
    parts = (words.rate(about.speed_bps), duplex.get(about.duplex, ""))
    return ", ".join(part for part in parts if part)
