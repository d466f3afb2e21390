"""A point's devices as a person reads them: how each is, since when, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.devices import USB_SUPPLIES, SeenDevice, SeenInterface, SeenUps, SnmpBody
from controller.devices import battery_view, entered, ports
from controller.devices.batteries import BatteriesKnown
from controller.devices.battery_view import BatteryPart
from controller.devices.judgement import DeviceCondition, condition_of
from controller.devices.ports import NOTHING_COUNTED, FaultsByPort, PortFaults
from controller.devices.tables import PointDevice
from controller.web.elements import Badge
from controller.web.i18n.language import Language

UNKNOWN = "–"
# After a day without a word of it, a power supply that nobody entered is not shown any more.
USB_SHOWN = timedelta(days=1)
NOTHING_SAID = BatteriesKnown()


@dataclass(frozen=True, slots=True)
class PortRow:
    """One interface. `poe`: what it gives of power; None: it is none that can."""

    index: int
    name: str
    alias: str
    badge: Badge
    speed: str
    received: str
    sent: str
    errors: str
    drops: str
    poe: Badge | None = None
    neighbour: str = ""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device. `facts`: names and values; empty where nothing is known of it.

    `poe`: ports that give power and of which the interface is not known.
    `is_entered`: it can be asked and changed here; else the point's machine found it itself.
    """

    device_id: str
    name: str
    place: str
    key: DeviceCondition
    badge: Badge
    sentence: str
    is_entered: bool = True
    facts: tuple[tuple[str, str], ...] = ()
    ports: tuple[PortRow, ...] = ()
    ports_title: str = ""
    poe: tuple[tuple[str, Badge], ...] = ()
    neighbours: tuple[str, ...] = ()
    sensors: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    problems_title: str = ""
    battery: BatteryPart | None = None


@dataclass(frozen=True, slots=True)
class DevicesPanel:
    """The panel of the point's page; `empty`: what is said where there is no device."""

    rows: tuple[DeviceRow, ...]
    summary: str
    empty: str


def back(point_id: str) -> str:
    """Return where the panel is."""
    return f"/points/{point_id}#snmp"


def panel(
    words: Language,
    now: datetime,
    rows: Iterable[PointDevice],
    body: SnmpBody | None,
    *,
    can_be_sealed_to: bool,
    known: BatteriesKnown = NOTHING_SAID,
    faults: FaultsByPort = NOTHING_COUNTED,
) -> DevicesPanel:
    """Return the panel: devices as listed, each with what the point last said of it.

    Args:
        can_be_sealed_to: the point has a certificate whose key is kept.
        known: what is known of the batteries of its power supplies.
        faults: what its devices' ports counted of late.
    """
    seen = {one.device_id: one for one in body.devices} if body else {}
    shown = tuple(
        _row(words, now, row, seen.get(row.device_id), known, faults, can_be_sealed_to)
        for row in rows
    )
    on_usb = (seen[one] for one in USB_SUPPLIES if one in seen)
    shown += tuple(
        _usb_row(words, now, one, known) for one in on_usb if now - one.asked_at < USB_SHOWN
    )
    wrong = sum(row.key.needs_a_look for row in shown)
    summary = ""
    if shown:
        summary = words.ngettext("%(n)s device", "%(n)s devices", len(shown))
    if wrong:
        text = words.ngettext("%(n)s needs a look", "%(n)s need a look", wrong)
        summary = f"{summary} · {text}"
    empty = words.gettext(
        "No switch, router or power supply of this point is watched yet. Add one: the point's "
        "machine asks it by SNMP every minute."
    )
    return DevicesPanel(shown, summary, empty)


def _row(
    words: Language,
    now: datetime,
    row: PointDevice,
    seen: SeenDevice | None,
    known: BatteriesKnown,
    faults: FaultsByPort,
    can_be_sealed_to: bool,
) -> DeviceRow:
    place = row.address if row.port == entered.DEFAULT_PORT else f"{row.address} · {row.port}"
    is_damaging = any(
        one.is_damaging for (device_id, _), one in faults.items() if device_id == row.device_id
    )
    key = condition_of(seen, now=now, is_worn=known.is_worn(seen, now), is_damaging=is_damaging)
    badge = _badge(words, key)
    if seen is None:
        said = words.gettext(
            "The point has not said anything of it yet. If that stays so for ten minutes, see that "
            "the point is connected and has the newest software."
        )
        said = said if can_be_sealed_to else _no_key(words)
        return DeviceRow(row.device_id, row.name, place, key, badge, said)
    said = _sentence(words, now, seen, key, _remedy(words, key), asked_total=row.asked_total)
    if key is DeviceCondition.NO_SECRET and not can_be_sealed_to:
        said = _no_key(words)
    begun = DeviceRow(row.device_id, row.name, place, key, badge, said)
    return _answered(words, now, begun, seen, known, faults)


def usb_place(device_id: str) -> str:
    """Return where a power supply is that nobody entered."""
    return f"USB {USB_SUPPLIES.index(device_id) + 1}"


def _usb_row(words: Language, now: datetime, seen: SeenDevice, known: BatteriesKnown) -> DeviceRow:
    """Return the row of a power supply that nobody entered."""
    key = condition_of(seen, now=now, is_worn=known.is_worn(seen, now))
    remedy = _remedy(words, key)
    if key in (DeviceCondition.SILENT, DeviceCondition.UNREADABLE):
        remedy = words.gettext(
            "Check its USB cable, and on the point's machine that nut-server runs (upsc -l)."
        )
    name, said = words.gettext("Power supply"), _sentence(words, now, seen, key, remedy)
    place = usb_place(seen.device_id)
    row = DeviceRow(seen.device_id, name, place, key, _badge(words, key), said, is_entered=False)
    return _answered(words, now, row, seen, known, NOTHING_COUNTED)


def _answered(
    words: Language,
    now: datetime,
    row: DeviceRow,
    seen: SeenDevice,
    known: BatteriesKnown,
    faults: FaultsByPort,
) -> DeviceRow:
    """Return a row with what the device answered last."""
    beside = {one.local_port: one.name for one in seen.neighbours if one.local_port}
    powered = {one.index: one for one in seen.poe if one.index is not None}
    return replace(
        row,
        facts=_facts(words, seen),
        ports=tuple(
            replace(
                _port(words, one, faults.get((seen.device_id, one.index), PortFaults())),
                neighbour=words.gettext("to %(name)s", name=name)
                if (name := beside.get(one.name or ""))
                else "",
                poe=ports.poe_badge(words, powered[one.index]) if one.index in powered else None,
            )
            for one in seen.interfaces
        ),
        poe=tuple((one.port, ports.poe_badge(words, one)) for one in seen.poe if one.index is None),
        ports_title=words.gettext(
            "%(up)s of %(all)s interfaces up",
            up=words.number(seen.interfaces_up),
            all=words.number(seen.interfaces_total),
        ),
        neighbours=tuple(_neighbours(words, seen)),
        sensors=tuple(
            (f"{one.name}, {_kind(words, one.kind)}", _measured(words, one.value, one.unit))
            for one in seen.sensors
        ),
        problems=seen.problems,
        problems_title=words.ngettext(
            "%(n)s thing is not believed", "%(n)s things are not believed", seen.problems_total
        ),
        battery=battery_view.part(words, now, seen, known) if seen.ups is not None else None,
    )


def _badge(words: Language, state: DeviceCondition) -> Badge:
    look, word = {
        DeviceCondition.WAITING: ("unknown", words.gettext("Waiting")),
        DeviceCondition.STALE: ("unknown", words.gettext("Unknown")),
        DeviceCondition.ANSWERS: ("up", words.gettext("Answers")),
        DeviceCondition.BATTERY: ("degraded", words.gettext("On battery")),
        DeviceCondition.WORN: ("degraded", words.gettext("Replace the battery")),
        DeviceCondition.PORTS: ("degraded", words.gettext("A port is faulty")),
        DeviceCondition.SILENT: ("down", words.gettext("No answer")),
        DeviceCondition.REFUSED: ("degraded", words.gettext("Does not let us in")),
        DeviceCondition.UNREADABLE: ("degraded", words.gettext("Cannot be read")),
        DeviceCondition.NO_SECRET: ("degraded", words.gettext("Password not usable")),
    }[state]
    return Badge(look, f"state-{look}", word)


def _no_key(words: Language) -> str:
    return words.gettext(
        "No password can be sent to the point's machine yet. Issue an enrolment code on this page "
        "and enrol the machine (anew); the device need not be entered again."
    )


def _remedy(words: Language, key: DeviceCondition) -> str:
    return {
        DeviceCondition.SILENT: words.gettext(
            "Check its power, its cable, the address, and the community: a device is silent to a "
            "wrong one."
        ),
        DeviceCondition.REFUSED: words.gettext("Check the SNMP user and both keys."),
        DeviceCondition.UNREADABLE: words.gettext(
            "Something else than SNMP answers: check address and port."
        ),
        DeviceCondition.NO_SECRET: words.gettext(
            "The point could not open what it was sent. Enter the community or keys anew; if that "
            "does not help, enrol the point anew."
        ),
        DeviceCondition.BATTERY: words.gettext("The mains are off at the point. Call the point."),
        DeviceCondition.WORN: words.gettext(
            "It asks for another battery. Have one of its model ready, replace it outside "
            "meetings, and note it here."
        ),
        DeviceCondition.PORTS: words.gettext(
            "See below which port: replace its cable first, then try another port."
        ),
        DeviceCondition.STALE: words.gettext("The point has said nothing of it for a while."),
    }.get(key, "")


def _sentence(
    words: Language,
    now: datetime,
    seen: SeenDevice,
    key: DeviceCondition,
    remedy: str,
    *,
    asked_total: int = 0,
) -> str:
    answered = seen.answered_at
    when = words.gettext("It has never answered.")
    if key is not DeviceCondition.STALE and seen.asked_total < asked_total:
        when = words.gettext("The point has been told to ask it now.")
    elif answered is not None:
        when = words.gettext("Answered at %(time)s.", time=words.moment(answered, now))
    return f"{when} {remedy}".strip()


def _facts(words: Language, seen: SeenDevice) -> tuple[tuple[str, str], ...]:
    if seen.answered_at is None:
        return ()
    facts = [(words.gettext("Calls itself"), seen.name), (words.gettext("Is"), seen.description)]
    if seen.uptime_s is not None:
        span = words.duration(timedelta(seconds=seen.uptime_s))
        facts.append((words.gettext("Running for"), span))
    if seen.poe:
        facts.append((words.gettext("Power over the cable (PoE)"), ports.poe_summary(words, seen)))
    if seen.ups is not None:
        facts += _ups(words, seen.ups)
    return tuple((name, shown) for name, shown in facts if shown)


def _ups(words: Language, ups: SeenUps) -> list[tuple[str, str | None]]:
    def percent(value: float | None) -> str:
        return UNKNOWN if value is None else words.percent(value / 100, 0)

    power = {True: words.gettext("battery"), False: words.gettext("mains"), None: UNKNOWN}
    runtime = UNKNOWN
    if ups.runtime_s is not None:
        runtime = words.duration(timedelta(seconds=ups.runtime_s))
    return [
        (words.gettext("Power from"), power[ups.on_battery]),
        (words.gettext("Charge"), percent(ups.charge_percent)),
        (words.gettext("Lasts for"), runtime),
        (words.gettext("Load"), percent(ups.load_percent)),
    ]


def _port(words: Language, one: SeenInterface, faults: PortFaults) -> PortRow:
    badge = {
        True: Badge("up", "state-up", words.gettext("Up")),
        False: Badge("unknown", "state-unknown", words.gettext("Not in use")),
        None: Badge("unknown", "state-unknown", words.gettext("Unknown")),
    }[one.is_up]
    if faults.is_damaging and one.is_up:
        badge = Badge("degraded", "state-degraded", words.gettext("Damages frames"))
    return PortRow(
        index=one.index,
        name=one.name or str(one.index),
        alias=one.alias or "",
        badge=badge,
        speed=_speed(words, one),
        received=_rate(words, "↓", one.in_bps, one.speed_bps),
        sent=_rate(words, "↑", one.out_bps, one.speed_bps),
        errors=_count(words, faults.errors),
        drops=_count(words, faults.drops),
    )


def _count(words: Language, count: int | None) -> str:
    return UNKNOWN if count is None else words.number(count)


def _speed(words: Language, one: SeenInterface) -> str:
    if one.speed_bps:
        return words.rate(one.speed_bps)
    return words.gettext("speed not known") if one.is_up else ""


def _rate(words: Language, arrow: str, bps: int | None, speed_bps: int | None) -> str:
    if bps is None:
        return f"{arrow} {UNKNOWN}"
    share = f" · {words.percent(min(1.0, bps / speed_bps))}" if speed_bps else ""
    return f"{arrow} {words.rate(bps)}{share}"


def _neighbours(words: Language, seen: SeenDevice) -> Iterable[str]:
    for one in seen.neighbours:
        yield words.gettext(
            "%(ours)s: %(name)s, its %(theirs)s",
            ours=one.local_port or UNKNOWN,
            name=one.name or UNKNOWN,
            theirs=one.port or UNKNOWN,
        )


def _kind(words: Language, kind: str) -> str:
    known = {
        "temperature": words.gettext("temperature"),
        "voltage": words.gettext("voltage"),
        "current": words.gettext("current"),
        "power": words.gettext("power"),
        "power budget": words.gettext("power budget"),
        "frequency": words.gettext("frequency"),
        "humidity": words.gettext("humidity"),
        "fan": words.gettext("fan"),
        "air flow": words.gettext("air flow"),
        "load": words.gettext("load"),
        "signal": words.gettext("signal"),
        "optical power": words.gettext("optical power"),
    }
    return known.get(kind, kind)


def _measured(words: Language, value: float | None, unit: str) -> str:
    if value is None:
        return UNKNOWN
    return f"{words.number(value, 0 if value == int(value) else 1)} {unit}"
