"""What a trap says in a word of ours, whichever device it is from. Pure.

Standards first: RFC 3418 and RFC 2863 (a device that begins, a link that goes), RFC 1628 (a power
supply). What makers say otherwise is data here: a further one is an entry.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from contracts.devices import TrapKind
from monitoring.collectors.snmp.reader import RawValue
from monitoring.listeners.traps.trap import Trap

MAX_TEXT = 80
MAX_INDEX = 2**31 - 1
"""RFC 2863, InterfaceIndex."""
_INDEX, _IF_DESCR = "1.3.6.1.2.1.2.2.1.1.", "1.3.6.1.2.1.2.2.1.2."
_IF_NAME = "1.3.6.1.2.1.31.1.1.1.1."
_ALARM_DESCR = "1.3.6.1.2.1.33.1.6.2.1.2."
_UPS_TRAPS = "1.3.6.1.2.1.33.2."
_ALARM_ADDED, _ALARM_REMOVED = f"{_UPS_TRAPS}3", f"{_UPS_TRAPS}4"
_LINKS = ("link_down", "link_up")
_KINDS: dict[str, TrapKind] = {
    "1.3.6.1.6.3.1.1.5.1": "cold_start",
    "1.3.6.1.6.3.1.1.5.2": "warm_start",
    "1.3.6.1.6.3.1.1.5.3": "link_down",
    "1.3.6.1.6.3.1.1.5.4": "link_up",
    "1.3.6.1.6.3.1.1.5.5": "authentication_failure",
    f"{_UPS_TRAPS}1": "on_battery",
    # APC: PowerNet-MIB.
    "1.3.6.1.4.1.318.0.5": "on_battery",
    "1.3.6.1.4.1.318.0.7": "battery_low",
    "1.3.6.1.4.1.318.0.9": "power_restored",
}
_ALARMS = "1.3.6.1.2.1.33.1.6.3."
_BY_ALARM: dict[tuple[str, str], TrapKind] = {
    (_ALARM_ADDED, f"{_ALARMS}2"): "on_battery",
    (_ALARM_REMOVED, f"{_ALARMS}2"): "power_restored",
    (_ALARM_ADDED, f"{_ALARMS}3"): "battery_low",
    (_ALARM_ADDED, f"{_ALARMS}4"): "battery_low",
}


@dataclass(frozen=True, slots=True)
class TrapMeaning:
    """A trap as it is told; `index`, `name`: of the interface, as far as it says."""

    kind: TrapKind
    oid: str
    index: int | None = None
    name: str | None = None
    text: str | None = None


def meaning(trap: Trap) -> TrapMeaning:
    """Return what a trap says; one that nobody knows by its OID, with the first text in it."""
    oid = _plain(trap.oid)
    kind = _KINDS.get(oid) or _by_alarm(oid, trap)
    if kind is None:
        return TrapMeaning("other", oid[:120], text=_first_text(trap.values))
    if kind not in _LINKS:
        return TrapMeaning(kind, oid)
    return TrapMeaning(kind, oid, _index(trap.values), _name(trap.values))


def _plain(oid: str) -> str:
    """Return the OID without the zero that those add who write RFC 1628 as a MIB of v1."""
    zero = f"{_UPS_TRAPS}0."
    return _UPS_TRAPS + oid.removeprefix(zero) if oid.startswith(zero) else oid


def _by_alarm(oid: str, trap: Trap) -> TrapKind | None:
    alarms = (value for place, value in trap.values if place.startswith(_ALARM_DESCR))
    return next((kind for one in alarms if (kind := _BY_ALARM.get((oid, str(one))))), None)


def _index(values: Iterable[tuple[str, RawValue]]) -> int | None:
    for place, value in values:
        if place.startswith(_INDEX) and isinstance(value, int) and 0 <= value <= MAX_INDEX:
            return value
    return None


def _name(values: Iterable[tuple[str, RawValue]]) -> str | None:
    """Return ifName, else ifDescr."""
    for column in (_IF_NAME, _IF_DESCR):
        for place, value in values:
            if place.startswith(column) and (text := _text(value)):
                return text
    return None


def _first_text(values: Iterable[tuple[str, RawValue]]) -> str | None:
    return next((text for _, value in values if (text := _text(value))), None)


def _text(value: RawValue) -> str | None:
    """Return octets as text where they are meant as such; None: they are not."""
    if not isinstance(value, bytes):
        return None
    try:
        text = " ".join(value.rstrip(b"\0").decode().split())
    except UnicodeDecodeError:
        return None
    return text[:MAX_TEXT] if text and text.isprintable() else None
