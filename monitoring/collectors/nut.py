"""What NUT's upsd says of a power supply on USB: its lines, and what of them is believed. Pure.

RFC 9271, sections 4.2.4 (LIST) and 5 (variables). Everything comes as text; what cannot be is
unknown, and told like what is not believed of a device that SNMP asks.
"""

import re
from collections.abc import Iterable

from monitoring.collectors.snmp.findings import (
    DOUBLED,
    MEANS_UNKNOWN,
    MISSING,
    NOT_FINITE,
    OUT_OF_RANGE,
    Findings,
)
from monitoring.collectors.snmp.report import DeviceReport, UpsState
from monitoring.collectors.snmp.ups import (
    CHARGED_PERCENT,
    MAX_CHARGE_PERCENT,
    MAX_LOAD_PERCENT,
    MAX_RUNTIME_S,
    NO_TIME,
)

CHARGE, RUNTIME, LOAD, STATUS = "battery.charge", "battery.runtime", "ups.load", "ups.status"
MAKER, MODEL = ("ups.mfr", "device.mfr"), ("ups.model", "device.model")
_BELIEVED = frozenset((CHARGE, RUNTIME, LOAD, STATUS, *MAKER, *MODEL))
# How upsd calls one of which ups.conf says nothing.
NO_DESCRIPTION = "Description unavailable"
# What upsd says where its driver, or the driver's supply, is away.
AWAY = frozenset(("DATA-STALE", "DRIVER-NOT-CONNECTED", "UNKNOWN-UPS"))
# The status of one whose driver has not told upsd anything yet.
WAITING = "WAIT"
UPSD = "upsd"

_TEXT = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
_SUPPLY = re.compile(rf"UPS ([A-Za-z0-9._-]{{1,60}}) {_TEXT}")
_VARIABLE = re.compile(rf"VAR (\S+) (\S+) {_TEXT}")
_ESCAPED = re.compile(r"\\(.)")
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")


def supply_of(line: str) -> tuple[str, str] | None:
    """Return name and description of a line of `LIST UPS`; None: it is no such line."""
    found = _SUPPLY.fullmatch(line)
    return found and (found[1], _plain(found[2]))


def variable_of(line: str, name: str) -> tuple[str, str] | None:
    """Return a variable and its value of a line of `LIST VAR name`; None: it is no such line."""
    found = _VARIABLE.fullmatch(line)
    return (found[2], _plain(found[3])) if found and found[1] == name else None


def error_of(line: str) -> str | None:
    """Return the error's name where upsd answers with one."""
    return line.split(" ")[1] if line.startswith("ERR ") else None


def report_of(name: str, description: str, said: Iterable[tuple[str, str]]) -> DeviceReport | None:
    """Return what is believed of a supply, as of one that SNMP asks.

    None: its driver has not told upsd yet how it is, as when upsd has just begun.

    Args:
        name, description: what ups.conf calls it.
        said: variables and values, as they came.
    """
    findings, came = Findings(), list(said)
    if dict(came).get(STATUS, WAITING) == WAITING:
        return None
    values = _values(came, findings)
    maker, model = (
        next((values[one] for one in names if values.get(one)), "") for names in (MAKER, MODEL)
    )
    state = _state(values, findings)
    return DeviceReport(
        sys_descr=None if description == NO_DESCRIPTION else description,
        sys_object_id=None,
        sys_name=findings.text(f"{maker} {model}".strip() or name, "ups.model", UPSD),
        uptime_s=None,
        interfaces=[],
        ups=state,
        neighbours=[],
        sensors=[],
        problems=findings.sentences(),
    )


def _plain(quoted: str) -> str:
    return _ESCAPED.sub(r"\1", quoted)


def _values(said: Iterable[tuple[str, str]], findings: Findings) -> dict[str, str]:
    """Return the variables that are read; one that came twice and differs is not believed."""
    values: dict[str, str] = {}
    doubled: dict[str, str] = {}
    for name, value in said:
        if name in _BELIEVED and values.setdefault(name, value) != value:
            doubled[name] = value
    for name, value in doubled.items():
        findings.doubt(name, UPSD, DOUBLED, came=value)
        del values[name]
    return values


def _state(values: dict[str, str], findings: Findings) -> UpsState:
    on_battery = _on_battery(values.get(STATUS), findings)
    charge = _number(values, CHARGE, MAX_CHARGE_PERCENT, findings)
    runtime = _number(values, RUNTIME, MAX_RUNTIME_S, findings)
    load = _number(values, LOAD, MAX_LOAD_PERCENT, findings)
    if runtime == 0 and charge is not None and charge > CHARGED_PERCENT and on_battery is False:
        findings.doubt(RUNTIME, UPSD, NO_TIME, came=0)
        runtime = None
    whole_s = None if runtime is None else int(runtime)
    words = values.get(STATUS, "").split()
    # That it asks for none is believed of one whose other words are.
    replace = True if "RB" in words else None if on_battery is None else False
    return UpsState(charge, whole_s, load, on_battery, replace)


def _on_battery(status: str | None, findings: Findings) -> bool | None:
    """Return what the words say: OL is on line, OB is on battery; both at once is neither."""
    if status is None:
        return None  # it came twice, and is told as that
    words = status.split()
    if ("OB" in words) == ("OL" in words):
        findings.doubt(STATUS, UPSD, MEANS_UNKNOWN, came=status)
        return None
    return "OB" in words


def _number(values: dict[str, str], name: str, most: float, findings: Findings) -> float | None:
    text = values.get(name)
    if text is None:
        reason = MISSING
    elif not _NUMBER.fullmatch(text):
        reason = NOT_FINITE
    elif not 0 <= (value := float(text)) <= most:
        reason = OUT_OF_RANGE
    else:
        return round(value, 1)
    findings.doubt(name, UPSD, reason, came=text or "")
    return None
