"""Which device this is, and since when it runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitoring.collectors.snmp.findings import (
    LONGEST_TEXT,
    MAX_U32,
    MISSING,
    WRONG_TYPE,
    Findings,
)
from monitoring.collectors.snmp.reader import RawValue, SnmpReader

SYS_DESCR = "1.3.6.1.2.1.1.1.0"
SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
SYS_NAME = "1.3.6.1.2.1.1.5.0"
HR_UPTIME = "1.3.6.1.2.1.25.1.1.0"
ENGINE_TIME = "1.3.6.1.6.3.10.2.1.3.0"

TICKS_PER_S = 100
# What a daemon may start later than its device and still be told as it.
SAME_START_S = 60
WRAP_S = (MAX_U32 + 1) / TICKS_PER_S
WRAP_TOLERANCE_S = 900.0


@dataclass(frozen=True, slots=True)
class SystemGroup:
    """The system group of SNMPv2-MIB, as far as it is believed."""

    descr: str | None
    object_id: str | None
    name: str | None
    uptime_s: int | None


async def read_system(reader: SnmpReader, findings: Findings) -> SystemGroup:
    """Ask the device who it is."""
    oids = (SYS_DESCR, SYS_OBJECT_ID, SYS_UPTIME, SYS_NAME, HR_UPTIME, ENGINE_TIME)
    return system_group(await reader.scalars(oids), findings)


def system_group(said: Mapping[str, RawValue], findings: Findings) -> SystemGroup:
    """Return what is believed of the system group."""
    for name, oid in (
        ("sysDescr", SYS_DESCR),
        ("sysObjectID", SYS_OBJECT_ID),
        ("sysUpTime", SYS_UPTIME),
        ("sysName", SYS_NAME),
    ):
        if oid not in said:
            findings.doubt(name, oid, MISSING)
    return SystemGroup(
        findings.text(said.get(SYS_DESCR), "sysDescr", SYS_DESCR, most=LONGEST_TEXT),
        _object_id(said.get(SYS_OBJECT_ID), findings),
        findings.text(said.get(SYS_NAME), "sysName", SYS_NAME),
        _uptime_s(said, findings),
    )


def _object_id(raw: RawValue | None, findings: Findings) -> str | None:
    if raw is None:
        return None
    if isinstance(raw, str) and all(part.isdigit() for part in raw.split(".")):
        return raw
    findings.doubt("sysObjectID", SYS_OBJECT_ID, WRONG_TYPE, came=raw)
    return None


def _uptime_s(said: Mapping[str, RawValue], findings: Findings) -> int | None:
    """Return since when the device runs: sysUpTime is only how long its SNMP daemon does."""
    ticks = findings.whole(said.get(SYS_UPTIME), "sysUpTime", SYS_UPTIME)
    host_ticks = findings.whole(said.get(HR_UPTIME), "hrSystemUptime", HR_UPTIME)
    engine_s = findings.whole(said.get(ENGINE_TIME), "snmpEngineTime", ENGINE_TIME)
    if ticks is None:
        return None if host_ticks is None else host_ticks // TICKS_PER_S
    uptime_s = ticks // TICKS_PER_S
    host_s = 0 if host_ticks is None else host_ticks // TICKS_PER_S
    if host_s > uptime_s + SAME_START_S:
        findings.say(
            f"sysUpTime ({SYS_UPTIME}) = {ticks}: chỉ là của phần mềm SNMP, lấy hrSystemUptime "
            f"({host_s} s) / only its SNMP daemon's; hrSystemUptime is taken"
        )
        return host_s
    if engine_s is not None and _is_wrapped(uptime_s, engine_s):
        findings.say(
            f"sysUpTime ({SYS_UPTIME}) = {ticks}: đã quay vòng sau 497 ngày, lấy snmpEngineTime "
            f"({engine_s} s) / has wrapped; snmpEngineTime is taken"
        )
        return engine_s
    return uptime_s


def _is_wrapped(uptime_s: int, engine_s: int) -> bool:
    """Say whether the engine's time is sysUpTime and a whole number of its wraps of 497 days.

    An engine's time that is something else (some makers count from another start) tells nothing.
    """
    wraps = round((engine_s - uptime_s) / WRAP_S)
    return wraps >= 1 and abs(engine_s - uptime_s - wraps * WRAP_S) <= WRAP_TOLERANCE_S
