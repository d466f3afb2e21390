"""Templates: what makers keep in trees of their own, by the beginning of sysObjectID. Only data.

Everything here is asked besides the standard tables; a device of another maker is asked the
standard tables alone. A further maker is a further entry.
"""

from dataclasses import dataclass

_E = "1.3.6.1.4.1"

TEMPERATURE, VOLTAGE, CURRENT, POWER, FAN, SIGNAL = (
    "temperature", "voltage", "current", "power", "fan", "signal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SensorColumn:
    """A column (or scalar) of readings in one unit.

    Args:
        name_oid: the column with the readings' names, under the same index.
        divisor: what a reading is divided by to be in its unit.
        unknown: readings that mean that there is none.
    """

    title: str
    oid: str
    kind: str
    unit: str
    name_oid: str = ""
    divisor: int = 1
    unknown: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TypedSensors:
    """A table whose rows say themselves of what they are: a number to kind, unit and divisor."""

    title: str
    name_oid: str
    oid: str
    type_oid: str
    types: tuple[tuple[int, str, str, int], ...]


@dataclass(frozen=True, slots=True)
class UpsTree:
    """A maker's values of a UPS; each `(oid, divisor)`, where there are several the first counts.

    Args:
        runtime: divided by its divisor, seconds.
        source: the OID that says where the output comes from, with what is battery and what not.
        battery: the OID that says whether its battery is to be replaced: `worn`, or `sound`.
    """

    charge: tuple[tuple[str, float], ...] = ()
    runtime: tuple[tuple[str, float], ...] = ()
    load: tuple[tuple[str, float], ...] = ()
    source: str = ""
    on_battery: frozenset[int] = frozenset()
    on_mains: frozenset[int] = frozenset()
    battery: str = ""
    worn: int = 0
    sound: int = 0


@dataclass(frozen=True, slots=True)
class Template:
    """One maker. `port_power_mw`: the column with what each port gives, by group and number."""

    maker: str
    sensors: tuple[SensorColumn, ...] = ()
    typed: tuple[TypedSensors, ...] = ()
    entity_sensors: str = ""
    ups: UpsTree | None = None
    port_power_mw: str = ""


_APC, _XUPS, _MGE, _CPS = f"{_E}.318.1.1.1", f"{_E}.534.1", f"{_E}.705.1", f"{_E}.3808.1.1.1"
_ENVMON, _TIK, _HUAWEI = f"{_E}.9.9.13.1", f"{_E}.14988.1.1.3", f"{_E}.2011.5.25.31.1.1.1.1"
_ENTITY_NAME = "1.3.6.1.2.1.47.1.1.1.1.7"

TEMPLATES: dict[str, Template] = {
    f"{_E}.9": Template(
        "Cisco",
        sensors=(
            SensorColumn("ENVMON", f"{_ENVMON}.3.1.3", TEMPERATURE, "°C", f"{_ENVMON}.3.1.2"),
            SensorColumn("ENVMON", f"{_ENVMON}.2.1.3", VOLTAGE, "V", f"{_ENVMON}.2.1.2", 1000),
            SensorColumn(
                "Unit", f"{_E}.9.6.1.101.53.15.1.10", TEMPERATURE, "°C", unknown=(0,)
            ),
        ),
        entity_sensors=f"{_E}.9.9.91.1.1.1.1",
        port_power_mw=f"{_E}.9.9.402.1.2.1.9",
    ),
    f"{_E}.11": Template("HP", port_power_mw=f"{_E}.11.2.14.11.1.9.1.1.1.3"),
    f"{_E}.318": Template(
        "APC",
        sensors=(
            SensorColumn("Battery", f"{_APC}.2.3.2", TEMPERATURE, "°C", divisor=10),
            SensorColumn(
                "Probe", f"{_E}.318.1.1.25.1.2.1.6", TEMPERATURE, "°C",
                f"{_E}.318.1.1.25.1.2.1.3", unknown=(-1,),
            ),
        ),
        ups=UpsTree(
            charge=((f"{_APC}.2.3.1.0", 10), (f"{_APC}.2.2.1.0", 1)),
            runtime=((f"{_APC}.2.2.3.0", 100),),
            load=((f"{_APC}.4.3.3.0", 10), (f"{_APC}.4.2.3.0", 1)),
            source=f"{_APC}.4.1.1.0",
            on_battery=frozenset({3, 15}),
            on_mains=frozenset({2, 4, 6, 9, 10, 12, 13, 14, 16}),
            battery=f"{_APC}.2.2.4.0",
            worn=2,
            sound=1,
        ),
    ),
    f"{_E}.534": Template(
        "Eaton",
        sensors=(SensorColumn("Ambient", f"{_XUPS}.6.1", TEMPERATURE, "°C"),),
        ups=UpsTree(
            charge=((f"{_XUPS}.2.4.0", 1),),
            runtime=((f"{_XUPS}.2.1.0", 1),),
            load=((f"{_XUPS}.4.1.0", 1),),
            source=f"{_XUPS}.4.5.0",
            on_battery=frozenset({5}),
            on_mains=frozenset({3, 4, 6, 7, 8, 9, 10, 11}),
        ),
    ),
    f"{_E}.705": Template(
        "MGE",
        ups=UpsTree(
            charge=((f"{_MGE}.5.2.0", 1),),
            runtime=((f"{_MGE}.5.1.0", 1),),
            load=((f"{_MGE}.7.2.1.4.1", 1),),
            source=f"{_MGE}.7.3.0",
            on_battery=frozenset({1}),
            on_mains=frozenset({2}),
            battery=f"{_MGE}.5.11.0",
            worn=1,
            sound=2,
        ),
    ),
    f"{_E}.2011": Template(
        "Huawei",
        sensors=(
            SensorColumn(
                "Entity", f"{_HUAWEI}.11", TEMPERATURE, "°C", _ENTITY_NAME,
                unknown=(0, 2**31 - 1),
            ),
        ),
        ups=UpsTree(
            charge=((f"{_E}.2011.6.174.1.6.100.1.3.1", 1),),
            runtime=((f"{_E}.2011.6.174.1.6.100.1.4.1", 1),),
        ),
    ),
    f"{_E}.3808": Template(
        "CyberPower",
        ups=UpsTree(
            charge=((f"{_CPS}.2.2.1.0", 1),),
            runtime=((f"{_CPS}.2.2.4.0", 100),),
            load=((f"{_CPS}.4.2.3.0", 1),),
            source=f"{_CPS}.4.1.1.0",
            on_battery=frozenset({3}),
            on_mains=frozenset({2, 4}),
            battery=f"{_CPS}.2.2.5.0",
            worn=2,
            sound=1,
        ),
    ),
    f"{_E}.14988": Template(
        "MikroTik",
        typed=(
            TypedSensors(
                "RouterOS", f"{_TIK}.100.1.2", f"{_TIK}.100.1.3", f"{_TIK}.100.1.4",
                (
                    (1, TEMPERATURE, "°C", 1), (2, FAN, "rpm", 1), (3, VOLTAGE, "V", 10),
                    (4, CURRENT, "A", 10), (5, POWER, "W", 10),
                ),
            ),
        ),
    ),
    f"{_E}.48690": Template(
        "Teltonika",
        sensors=(
            SensorColumn("Modem", f"{_E}.48690.2.2.1.17", TEMPERATURE, "°C", divisor=10),
            SensorColumn("Modem", f"{_E}.48690.2.2.1.12", SIGNAL, "dBm", unknown=(0,)),
        ),
    ),
}  # fmt: skip
# Devices that say they are a plain Linux, and whose maker is asked for all the same.
GENERIC_AGENTS = (f"{_E}.8072",)
GENERIC = Template("Net-SNMP", sensors=TEMPLATES[f"{_E}.48690"].sensors)


def template_for(object_id: str | None) -> Template | None:
    """Return the template of a device; None: the standard tables alone."""
    if object_id is None:
        return None
    for root, template in (*TEMPLATES.items(), *((root, GENERIC) for root in GENERIC_AGENTS)):
        if object_id == root or object_id.startswith(f"{root}."):
            return template
    return None
