"""The power supply: UPS-MIB (RFC 1628), and the makers' own trees where that is silent."""

from collections.abc import Iterable, Mapping

from monitoring.collectors.snmp.findings import MAX_U32, MISSING, OUT_OF_RANGE, Findings
from monitoring.collectors.snmp.makers import Template, UpsTree
from monitoring.collectors.snmp.reader import RawValue, SnmpReader
from monitoring.collectors.snmp.report import UpsState

_UPS = "1.3.6.1.2.1.33.1"
SECONDS_ON_BATTERY = f"{_UPS}.2.2.0"
MINUTES_REMAINING = f"{_UPS}.2.3.0"
CHARGE_REMAINING = f"{_UPS}.2.4.0"
OUTPUT_SOURCE = f"{_UPS}.4.1.0"
OUTPUT_LOAD = f"{_UPS}.4.4.1.5"
BATTERY_STATUS = f"{_UPS}.2.1.0"
ALARMS_PRESENT, ALARMS = f"{_UPS}.6.1.0", f"{_UPS}.6.2.1.2"
BATTERY_BAD = f"{_UPS}.6.3.1"
"""RFC 1628, section 4, upsAlarmBatteryBad: a battery has been determined to require replacement."""
_SCALARS = (
    BATTERY_STATUS, SECONDS_ON_BATTERY, MINUTES_REMAINING, CHARGE_REMAINING, OUTPUT_SOURCE,
    ALARMS_PRESENT,
)  # fmt: skip
STANDARD = UpsTree(
    charge=((CHARGE_REMAINING, 1),),
    runtime=((MINUTES_REMAINING, 1 / 60),),
    source=OUTPUT_SOURCE,
    on_battery=frozenset({5}),
    on_mains=frozenset({3, 4, 6, 7}),
)

# Two months without mains: more is a maker's way to say that it does not know.
MAX_RUNTIME_S = 60 * 86_400
MEAN_UNKNOWN = (MAX_U32, 2**31 - 1, 65_535, -1)
MAX_LOAD_PERCENT, MAX_CHARGE_PERCENT = 300, 100
# The least charge at which "no time is left" and "on mains" cannot both be true.
CHARGED_PERCENT = 50
NO_TIME = (
    "0 trong khi ắc quy còn đầy và có điện lưới, coi là không rõ / "
    "0 with a charged battery on mains: taken as unknown"
)


async def read_ups(
    reader: SnmpReader, findings: Findings, template: Template | None
) -> UpsState | None:
    """Ask for the state of a UPS; None: this device is none."""
    tree = template.ups if template is not None else None
    said = dict(await reader.scalars(_SCALARS))
    loads = findings.column(await reader.column(OUTPUT_LOAD), "upsOutputPercentLoad", OUTPUT_LOAD)
    own: Mapping[str, RawValue] = {}
    if tree is not None:
        own = await reader.scalars(_oids(tree))
    if not said and not loads and not own:
        return None
    alarms: Mapping[str, RawValue] = {}
    if said.get(ALARMS_PRESENT, 0) != 0:  # the table is asked where there is something in it
        alarms = findings.column(await reader.column(ALARMS), "upsAlarmDescr", ALARMS)
    return ups_state({**said, **own}, loads, tree, findings, alarms=alarms.values())


def _oids(tree: UpsTree) -> list[str]:
    pairs = (*tree.charge, *tree.runtime, *tree.load)
    return [oid for oid, _ in pairs] + [oid for oid in (tree.source, tree.battery) if oid]


def ups_state(
    said: Mapping[str, RawValue],
    loads: Mapping[str, RawValue],
    own: UpsTree | None,
    findings: Findings,
    *,
    alarms: Iterable[RawValue] = (),
) -> UpsState:
    """Return what is believed. The standard's values come first, the maker's fill what it lacks.

    Args:
        loads: upsOutputPercentLoad by line; the busiest one counts.
        alarms: upsAlarmDescr of what is present.
    """
    trees = (STANDARD, own or UpsTree())
    charge = _first(said, "charge", [t.charge for t in trees], MAX_CHARGE_PERCENT, findings)
    runtime = _first(said, "runtime", [t.runtime for t in trees], MAX_RUNTIME_S, findings)
    lines = [
        findings.whole(raw, "upsOutputPercentLoad", OUTPUT_LOAD, row=row, most=MAX_LOAD_PERCENT)
        for row, raw in loads.items()
    ]
    load = max((float(line) for line in lines if line is not None), default=None)
    if load is None:
        load = _first(said, "load", [t.load for t in trees], MAX_LOAD_PERCENT, findings)
    on_battery = _on_battery(said, trees, findings)
    if runtime == 0 and charge is not None and charge > CHARGED_PERCENT and on_battery is False:
        findings.doubt("runtime", MINUTES_REMAINING, NO_TIME, came=0)
        runtime = None
    asked = (
        ("charge", charge, any(oid in said for tree in trees for oid, _ in tree.charge)),
        ("runtime", runtime, any(oid in said for tree in trees for oid, _ in tree.runtime)),
        ("load", load, bool(loads) or any(oid in said for tree in trees for oid, _ in tree.load)),
        ("source", on_battery, False),
    )
    for name, value, is_told in asked:
        if value is None and not is_told:
            findings.doubt(f"UPS {name}", _UPS, MISSING)
    replace = _asks_for_battery(said, trees[1], alarms, findings)
    return UpsState(charge, None if runtime is None else int(runtime), load, on_battery, replace)


def _asks_for_battery(
    said: Mapping[str, RawValue],
    own: UpsTree,
    alarms: Iterable[RawValue],
    findings: Findings,
) -> bool | None:
    """Return whether it wants another battery. Either place may say so, the maker's that not.

    Many a device has the standard's table and never writes into it.
    """
    if any(str(one).lstrip(".") == BATTERY_BAD for one in alarms):
        return True
    told = findings.whole(said.get(own.battery), "UPS battery", own.battery, most=255)
    if told is not None and told in (own.worn, own.sound):
        return told == own.worn
    count = findings.whole(said.get(ALARMS_PRESENT), "upsAlarmsPresent", ALARMS_PRESENT)
    return None if count is None else False


def _first(
    said: Mapping[str, RawValue],
    name: str,
    places: list[tuple[tuple[str, float], ...]],
    most: float,
    findings: Findings,
) -> float | None:
    for oid, divisor in (pair for tree in places for pair in tree):
        raw = findings.whole(
            said.get(oid), f"UPS {name}", oid, least=-(2**31), unknown=MEAN_UNKNOWN
        )
        if raw is None:
            continue
        value = raw / divisor
        if 0 <= value <= most:
            return round(value, 1)
        findings.doubt(f"UPS {name}", oid, OUT_OF_RANGE, came=raw)
    return None


def _on_battery(
    said: Mapping[str, RawValue], trees: tuple[UpsTree, ...], findings: Findings
) -> bool | None:
    for tree in trees:
        source = findings.whole(said.get(tree.source), "UPS source", tree.source, most=255)
        if source in tree.on_battery:
            return True
        if source in tree.on_mains:
            return False
    seconds = findings.whole(
        said.get(SECONDS_ON_BATTERY), "upsSecondsOnBattery", SECONDS_ON_BATTERY,
        unknown=MEAN_UNKNOWN,
    )  # fmt: skip
    return None if seconds is None else seconds > 0
