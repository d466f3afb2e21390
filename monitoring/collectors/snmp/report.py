"""What is known of a device after a poll; None is unknown, and `problems` says why."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class PolledInterface:
    """One interface. `counter_bits`: how wide both counters of octets are; the others have 32."""

    index: int
    name: str | None = None
    alias: str | None = None
    speed_bps: int | None = None
    is_up: bool | None = None
    in_octets: int | None = None
    out_octets: int | None = None
    counter_bits: int | None = None
    in_errors: int | None = None
    out_errors: int | None = None
    in_drops: int | None = None
    out_drops: int | None = None


@dataclass(frozen=True, slots=True)
class UpsState:
    """What a power supply says of itself; `replace_battery`: it asks for another one."""

    charge_percent: float | None = None
    runtime_s: int | None = None
    load_percent: float | None = None
    on_battery: bool | None = None
    replace_battery: bool | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A device at the other end of a cable, by LLDP."""

    local_port: str | None
    sys_name: str | None
    port_id: str | None
    port_description: str | None
    chassis_id: str | None
    sys_descr: str | None


@dataclass(frozen=True, slots=True)
class SensorReading:
    """One sensor; `kind` says of what, as `temperature`."""

    name: str
    kind: str
    unit: str
    value: float | None


PoeState = Literal["disabled", "searching", "delivering", "fault", "test", "other_fault"]


@dataclass(frozen=True, slots=True)
class PoePort:
    """A port that gives power (RFC 3621).

    Args:
        port: the interface's name; where none can be told, group and number as the device says.
        index: of that interface.
        power_class: of what hangs there, 0 to 4; only where it is given power.
    """

    port: str
    state: PoeState
    index: int | None = None
    power_class: int | None = None
    power_w: float | None = None


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """One device, as one poll found it."""

    sys_descr: str | None
    sys_object_id: str | None
    sys_name: str | None
    uptime_s: int | None
    interfaces: list[PolledInterface]
    ups: UpsState | None
    neighbours: list[Neighbour]
    sensors: list[SensorReading]
    problems: list[str]
    poe: list[PoePort] = field(default_factory=list)
