"""Sensors: ENTITY-SENSOR-MIB (RFC 3433), the makers' own, PoE and what hosts say of themselves."""

from collections.abc import Mapping

from monitoring.collectors.snmp.findings import MEANS_UNKNOWN, OUT_OF_RANGE, Findings
from monitoring.collectors.snmp.makers import SensorColumn, Template, TypedSensors
from monitoring.collectors.snmp.reader import RawValue, SnmpReader
from monitoring.collectors.snmp.report import SensorReading

ENTITY_SENSORS = "1.3.6.1.2.1.99.1.1.1"
ENTITY_NAME, ENTITY_DESCR = "1.3.6.1.2.1.47.1.1.1.1.7", "1.3.6.1.2.1.47.1.1.1.1.2"
STANDARD = (
    SensorColumn("UPS battery", "1.3.6.1.2.1.33.1.2.7", "temperature", "°C"),
    SensorColumn("PoE supply", "1.3.6.1.2.1.105.1.3.1.1.2", "power budget", "W"),
    SensorColumn("PoE supply", "1.3.6.1.2.1.105.1.3.1.1.4", "power", "W"),
    SensorColumn("Processor", "1.3.6.1.2.1.25.3.3.1.2", "load", "%"),
)
# RFC 3433, EntitySensorDataType; 14 is Cisco's.
TYPES = {
    3: ("voltage", "V"), 4: ("voltage", "V"), 5: ("current", "A"), 6: ("power", "W"),
    7: ("frequency", "Hz"), 8: ("temperature", "°C"), 9: ("humidity", "%"), 10: ("fan", "rpm"),
    11: ("air flow", "m³/min"), 14: ("optical power", "dBm"),
}  # fmt: skip
UNITS_SCALE = 9
SCALE_RANGE, PRECISION_RANGE = (1, 17), (-8, 9)
WORKS, OVERFLOW = 1, 1_000_000_000
POSSIBLE = {
    "temperature": (-60.0, 200.0), "voltage": (-1e5, 1e5), "current": (-1e5, 1e5),
    "power": (0.0, 1e7), "power budget": (0.0, 1e7), "humidity": (0.0, 100.0),
    "fan": (0.0, 1e6), "load": (0.0, 100.0), "signal": (-150.0, 0.0),
    "optical power": (-100.0, 30.0),
}  # fmt: skip
DECIMALS = 3
BROKEN = "cảm biến báo hỏng hoặc không có / the sensor says that it does not work"
MAX_SENSORS = 1024

Rows = Mapping[str, RawValue]


async def read_sensors(
    reader: SnmpReader, findings: Findings, template: Template | None
) -> list[SensorReading]:
    """Ask for every sensor that this kind of device may have."""
    found: list[SensorReading] = []
    roots = [ENTITY_SENSORS, *filter(None, (template.entity_sensors,) if template else ())]
    for root in roots:
        found += await _entity_sensors(reader, findings, root)
    for column in (*STANDARD, *(template.sensors if template else ())):
        values = findings.column(await reader.column(column.oid), column.title, column.oid)
        names = await _names(reader, findings, column.name_oid) if values else {}
        found += column_readings(column, values, names, findings)
    for table in template.typed if template else ():
        found += await _typed(reader, findings, table)
    return found[:MAX_SENSORS]


async def _names(reader: SnmpReader, findings: Findings, oid: str) -> dict[str, RawValue]:
    return findings.column(await reader.column(oid), "name", oid) if oid else {}


async def _entity_sensors(reader: SnmpReader, findings: Findings, root: str) -> list[SensorReading]:
    types = findings.column(await reader.column(f"{root}.1"), "entPhySensorType", f"{root}.1")
    if not types:
        return []
    columns = [types]
    for number in range(2, 6):
        oid = f"{root}.{number}"
        columns.append(findings.column(await reader.column(oid), "entPhySensor", oid))
    names = await _names(reader, findings, ENTITY_NAME)
    if any(not names.get(row) for row in types):
        names = {**await _names(reader, findings, ENTITY_DESCR), **_named(names)}
    return entity_readings(root, columns, names, findings)


def _named(names: Rows) -> dict[str, RawValue]:
    return {row: raw for row, raw in names.items() if raw}


def entity_readings(
    root: str, columns: list[dict[str, RawValue]], names: Rows, findings: Findings
) -> list[SensorReading]:
    """Return the readings of a table of RFC 3433's form: type, scale, precision, value, status."""
    types, scales, precisions, values, states = columns
    found = []
    for row, raw_type in types.items():
        kind = findings.whole(raw_type, "entPhySensorType", f"{root}.1", row=row, most=255)
        if kind not in TYPES:
            continue
        scale = findings.whole(
            scales.get(row, UNITS_SCALE), "entPhySensorScale", f"{root}.2", row=row,
            least=SCALE_RANGE[0], most=SCALE_RANGE[1],
        )  # fmt: skip
        precision = findings.whole(
            precisions.get(row, 0), "entPhySensorPrecision", f"{root}.3", row=row,
            least=PRECISION_RANGE[0], most=PRECISION_RANGE[1],
        )  # fmt: skip
        raw = findings.whole(
            values.get(row), "entPhySensorValue", f"{root}.4", row=row,
            least=1 - OVERFLOW, most=OVERFLOW - 1,
        )  # fmt: skip
        if raw is not None and states.get(row, WORKS) != WORKS:
            findings.doubt("entPhySensorOperStatus", f"{root}.5", BROKEN, row=row, came=states[row])
            raw = None
        value = None
        if raw is not None and scale is not None and precision is not None:
            value = float(raw) * 10.0 ** (3 * (scale - UNITS_SCALE) - precision)
        what, unit = TYPES[kind]
        believed = possible(value, what, f"{root}.4", row, findings)
        found.append(SensorReading(_name(names, row, "Sensor", findings), what, unit, believed))
    return found


def column_readings(
    column: SensorColumn, values: Rows, names: Rows, findings: Findings
) -> list[SensorReading]:
    """Return the readings of a column in one unit. Those that mean "none" are no sensor's."""
    found = []
    for row, raw in values.items():
        if raw in column.unknown:
            continue
        whole = findings.whole(
            raw, column.title, column.oid, row=row, least=-(2**31), most=2**31 - 2
        )
        value = None if whole is None else whole / column.divisor
        value = possible(value, column.kind, column.oid, row, findings)
        name = _name(names, row, column.title, findings)
        found.append(SensorReading(name, column.kind, column.unit, value))
    return found


async def _typed(
    reader: SnmpReader, findings: Findings, table: TypedSensors
) -> list[SensorReading]:
    values = findings.column(await reader.column(table.oid), table.title, table.oid)
    if not values:
        return []
    types = findings.column(await reader.column(table.type_oid), table.title, table.type_oid)
    names = await _names(reader, findings, table.name_oid)
    found = []
    for number, kind, unit, divisor in table.types:
        column = SensorColumn(table.title, table.oid, kind, unit, table.name_oid, divisor)
        rows = {row: raw for row, raw in values.items() if types.get(row) == number}
        found += column_readings(column, rows, names, findings)
    return found


def possible(
    value: float | None, kind: str, oid: str, row: str, findings: Findings
) -> float | None:
    """Return a value that something of this kind can have; None for any other."""
    if value is None:
        return None
    least, most = POSSIBLE.get(kind, (-1e15, 1e15))
    if least <= value <= most:
        return round(value, DECIMALS)
    reason = MEANS_UNKNOWN if value in (-1, 65535) else OUT_OF_RANGE
    findings.doubt(kind, oid, reason, row=row, came=f"{value:g}")
    return None


def _name(names: Rows, row: str, title: str, findings: Findings) -> str:
    text = findings.text(names.get(row), "name", title, row=row)
    return text.strip() if text and text.strip() else f"{title} {row}".removesuffix(" 0")
