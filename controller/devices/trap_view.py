"""What a point's devices said unasked, as a person reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from contracts.devices import SnmpBody
from controller.devices.tables import PointDevice
from controller.web.elements import Badge
from controller.web.i18n.language import Language

_LOOKS = {
    "link_down": "down",
    "on_battery": "degraded",
    "battery_low": "down",
    "authentication_failure": "degraded",
    "not_proved": "degraded",
    "left_out": "degraded",
    "link_up": "up",
    "power_restored": "up",
}
"""How each kind is marked; the others are neither good nor bad."""


@dataclass(frozen=True, slots=True)
class KeptTrap:
    """One as it is kept; `kind` is a TrapKind, or one that a newer version knew."""

    key: str
    at: datetime
    device_id: str
    kind: str
    oid: str
    if_index: int | None
    name: str | None
    text: str | None
    count: int


@dataclass(frozen=True, slots=True)
class TrapRow:
    """One line of the list."""

    key: str
    kind: str
    badge: Badge
    device: str
    sentence: str
    when: str
    exactly: str


def rows(
    words: Language,
    now: datetime,
    traps: Iterable[KeptTrap],
    devices: Iterable[PointDevice],
    body: SnmpBody | None,
) -> tuple[TrapRow, ...]:
    """Return the list, in the order given. `body` knows the names of interfaces."""
    names = {one.device_id: one.name for one in devices}
    seen = body.devices if body else ()
    ports = {
        (one.device_id, port.index): port.alias or port.name
        for one in seen
        for port in one.interfaces
    }
    return tuple(_row(words, now, trap, names, ports) for trap in traps)


def _row(
    words: Language,
    now: datetime,
    trap: KeptTrap,
    names: Mapping[str, str],
    ports: Mapping[tuple[str, int], str | None],
) -> TrapRow:
    known = None if trap.if_index is None else ports.get((trap.device_id, trap.if_index))
    port = trap.name or known or ("" if trap.if_index is None else str(trap.if_index))
    look = _LOOKS.get(trap.kind, "unknown")
    return TrapRow(
        key=trap.key,
        kind=trap.kind,
        badge=Badge(look, f"state-{look}", _word(words, trap.kind)),
        device=names.get(trap.device_id) or words.gettext("a device that was removed"),
        sentence=_sentence(words, trap, port),
        when=words.moment(trap.at, now),
        exactly=words.time_exact(trap.at),
    )


def _word(words: Language, kind: str) -> str:
    return {
        "link_down": words.gettext("Cable out"),
        "link_up": words.gettext("Cable in"),
        "cold_start": words.gettext("Started"),
        "warm_start": words.gettext("Started anew"),
        "authentication_failure": words.gettext("Wrong password"),
        "on_battery": words.gettext("On battery"),
        "battery_low": words.gettext("Battery low"),
        "power_restored": words.gettext("Mains are back"),
        "left_out": words.gettext("Left out"),
        "not_proved": words.gettext("Not proved"),
    }.get(kind, words.gettext("Says"))


def _sentence(words: Language, trap: KeptTrap, port: str) -> str:
    match trap.kind:
        case "link_down" if not port:
            return words.gettext(
                "An interface has no connection any more: the device does not say which."
            )
        case "link_up" if not port:
            return words.gettext("An interface is connected: the device does not say which.")
        case "link_down":
            return words.gettext("Interface %(port)s has no connection any more.", port=port)
        case "link_up":
            return words.gettext("Interface %(port)s is connected.", port=port)
        case "cold_start":
            return words.gettext("The device has started: its power was off, or it was reset.")
        case "warm_start":
            return words.gettext("The device has started anew by itself.")
        case "authentication_failure":
            return words.gettext("Somebody asked the device with a wrong community or key.")
        case "on_battery":
            return words.gettext("The mains are off at the point. Call the point.")
        case "battery_low":
            return words.gettext("The battery is nearly empty: what hangs on it goes off soon.")
        case "power_restored":
            return words.gettext("The power supply has mains again.")
        case "left_out":
            return words.ngettext(
                "%(n)s more message came than is told of: look at what the device repeats.",
                "%(n)s more messages came than are told of: look at what the device repeats.",
                trap.count,
            )
        case "not_proved":
            return words.ngettext(
                "%(n)s message came from its address by another community, user, key or version.",
                "%(n)s messages came from its address by another community, user, key or version.",
                trap.count,
            )
        case _:
            return f"{trap.text} ({trap.oid})" if trap.text else trap.oid
