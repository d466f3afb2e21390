"""Who is at the other end of each cable, by LLDP-MIB (IEEE 802.1AB)."""

from collections.abc import Mapping

from monitoring.collectors.snmp.findings import LONGEST_TEXT, Findings
from monitoring.collectors.snmp.reader import RawValue, SnmpReader
from monitoring.collectors.snmp.report import Neighbour

_REMOTE = "1.0.8802.1.1.2.1.4.1.1"
_LOCAL_PORTS = "1.0.8802.1.1.2.1.3.7.1"
REMOTE_COLUMNS = {
    "lldpRemChassisIdSubtype": f"{_REMOTE}.4",
    "lldpRemChassisId": f"{_REMOTE}.5",
    "lldpRemPortIdSubtype": f"{_REMOTE}.6",
    "lldpRemPortId": f"{_REMOTE}.7",
    "lldpRemPortDesc": f"{_REMOTE}.8",
    "lldpRemSysName": f"{_REMOTE}.9",
    "lldpRemSysDesc": f"{_REMOTE}.10",
}
LOCAL_COLUMNS = {"lldpLocPortId": f"{_LOCAL_PORTS}.3", "lldpLocPortDesc": f"{_LOCAL_PORTS}.4"}
CHASSIS_IS_MAC, PORT_IS_MAC = 4, 3
MAC_OCTETS = 6
BAD_INDEX = "không phải chỉ số LLDP / is no index of LLDP's"

Columns = Mapping[str, Mapping[str, RawValue]]


async def read_neighbours(
    reader: SnmpReader, findings: Findings, ports: Mapping[int, str | None]
) -> list[Neighbour]:
    """Ask for the neighbours.

    Args:
        ports: interfaces' names by their index, for devices that do not name LLDP's ports.
    """
    said = {}
    for name, oid in REMOTE_COLUMNS.items():
        said[name] = findings.column(await reader.column(oid), name, oid)
        if name == "lldpRemChassisId" and not any(said.values()):
            return []
    for name, oid in LOCAL_COLUMNS.items():
        said[name] = findings.column(await reader.column(oid), name, oid)
    return neighbour_rows(said, findings, ports)


def neighbour_rows(
    said: Columns, findings: Findings, ports: Mapping[int, str | None]
) -> list[Neighbour]:
    """Return one neighbour for each row that any column of the remote table knows."""
    rows: dict[str, None] = {}
    for name in REMOTE_COLUMNS:
        rows.update(dict.fromkeys(said.get(name, {})))
    found = []
    for row in rows:
        parts = row.split(".")  # time mark, local port, index
        if len(parts) != 3 or not all(part.isdigit() for part in parts):
            findings.doubt("lldpRemTable", _REMOTE, BAD_INDEX, row=row)
            continue
        found.append(_neighbour(said, row, parts[1], findings, ports))
    return found


def _neighbour(
    said: Columns, row: str, port: str, findings: Findings, ports: Mapping[int, str | None]
) -> Neighbour:
    def text(name: str, most: int = 255) -> str | None:
        raw = said.get(name, {}).get(row)
        return findings.text(raw, name, REMOTE_COLUMNS[name], row=row, most=most)

    def identity(name: str, mac_subtype: int) -> str | None:
        raw = said.get(name, {}).get(row)
        is_mac = said.get(f"{name}Subtype", {}).get(row) == mac_subtype
        if is_mac and isinstance(raw, bytes) and len(raw) == MAC_OCTETS:
            return raw.hex(":")
        return text(name)

    local = [said.get(name, {}).get(port) for name in ("lldpLocPortDesc", "lldpLocPortId")]
    named = next((raw for raw in local if isinstance(raw, bytes) and _is_text(raw)), None)
    own = findings.text(named, "lldpLocPortId", LOCAL_COLUMNS["lldpLocPortId"], row=port)
    return Neighbour(
        local_port=own or ports.get(int(port)) or port,
        sys_name=text("lldpRemSysName"),
        port_id=identity("lldpRemPortId", PORT_IS_MAC),
        port_description=text("lldpRemPortDesc"),
        chassis_id=identity("lldpRemChassisId", CHASSIS_IS_MAC),
        sys_descr=text("lldpRemSysDesc", LONGEST_TEXT),
    )


def _is_text(raw: bytes) -> bool:
    try:
        return raw.decode("utf-8").isprintable() and bool(raw)
    except UnicodeDecodeError:
        return False
