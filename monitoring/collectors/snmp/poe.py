"""What ports give power (RFC 3621), what hangs there, and how much it takes where the maker says.

The table numbers ports by group and number and not as the interfaces are. A port is an interface
whose name ends in these, as Gi1/0/7 in group 1 and port 7; where that is none, or several, it
goes by its own numbers.
"""

import re
from collections.abc import Mapping

from monitoring.collectors.snmp.findings import Findings
from monitoring.collectors.snmp.makers import Template
from monitoring.collectors.snmp.reader import RawValue, SnmpReader
from monitoring.collectors.snmp.report import PoePort, PoeState

_TABLE = "1.3.6.1.2.1.105.1.1.1"
STATUS, CLASS = f"{_TABLE}.6", f"{_TABLE}.10"
STATES: dict[int, PoeState] = {
    1: "disabled", 2: "searching", 3: "delivering", 4: "fault", 5: "test", 6: "other_fault",
}  # fmt: skip
MOST_CLASSES, MOST_MW = 5, 200_000  # class0(1) to class4(5); IEEE 802.3bt gives 90 W a port
MAX_PORTS = 1024
# What has numbers and no socket: logical interfaces of switches and routers.
_LOGICAL = re.compile(
    r"(?:vlan?|lo(?:opback)?|po|port-channel|eth-trunk|bridge-aggregation|trk|lag|tu(?:nnel)?|null?)"
    r"[ -]?\d",
    re.IGNORECASE,
)
_END = re.compile(r"\d+(?:[/:.]\d+)*\Z")  # of a short piece: a name of digits takes it long
_GROUP_AND_PORT = re.compile(r"(\d+)\.(\d+)")

Rows = Mapping[str, RawValue]
Sockets = dict[tuple[int | None, int], list[int]]
"""Interfaces by group and port; None: the name has no group, and stands for any."""


async def read_poe(
    reader: SnmpReader,
    findings: Findings,
    interfaces: Mapping[int, str | None],
    template: Template | None,
) -> list[PoePort]:
    """Ask for the ports that can give power; most devices have none, and are asked no more.

    Args:
        interfaces: the names by index.
    """
    states = findings.column(await reader.column(STATUS), "pethPsePortDetectionStatus", STATUS)
    if not states:
        return []
    name = "pethPsePortPowerClassifications"
    classes = findings.column(await reader.column(CLASS), name, CLASS)
    power_oid = template.port_power_mw if template else ""
    powers: Rows = {}
    if power_oid:
        powers = findings.column(await reader.column(power_oid), "port power", power_oid)
    sockets = _sockets(interfaces)
    found = []
    for row in list(states)[:MAX_PORTS]:
        raw = findings.whole(states[row], "pethPsePortDetectionStatus", STATUS, row=row)
        state = STATES.get(raw or 0)
        if state is None or not _GROUP_AND_PORT.fullmatch(row):
            continue
        index = _interface(row, sockets)
        label = (interfaces.get(index) if index is not None else None) or row.replace(".", "/")
        known_class = power_mw = None
        if state == "delivering":
            known_class = findings.whole(
                classes.get(row), name, CLASS, row=row, least=1, most=MOST_CLASSES
            )
            power_mw = findings.whole(
                powers.get(row), "port power", power_oid, row=row, most=MOST_MW
            )
        found.append(
            PoePort(
                port=label,
                state=state,
                index=index,
                power_class=None if known_class is None else known_class - 1,
                power_w=None if power_mw is None else power_mw / 1000,
            )
        )
    return found


def _sockets(interfaces: Mapping[int, str | None]) -> Sockets:
    """Return the interfaces by the numbers that their names begin and end with."""
    found: Sockets = {}
    for index, name in interfaces.items():
        if name and not _LOGICAL.match(name) and (end := _END.search(name[-32:])):
            numbers = [int(one[-9:]) for one in re.split(r"[/:.]", end[0])]
            group = numbers[0] if len(numbers) > 1 else None
            found.setdefault((group, numbers[-1]), []).append(index)
    return found


def _interface(row: str, sockets: Sockets) -> int | None:
    """Return the only interface that a row can mean."""
    group, port = (int(one[-9:]) for one in row.split("."))
    meant = [*sockets.get((group, port), ()), *sockets.get((None, port), ())]
    return meant[0] if len(meant) == 1 else None
