"""This machine's own interfaces: their addresses, in their one form, and which lead out."""

import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path

import psutil

_RTF_UP, _RTF_REJECT = 0x0001, 0x0200  # linux/route.h


def local_addresses() -> dict[str, list[str]]:
    """Return the addresses of each interface that have a meaning beyond their own line."""
    return {
        name: [a.address for a in found if _is_ip(a.family) and not _is_link_local(a.address)]
        for name, found in psutil.net_if_addrs().items()
    }


def reachable_addresses() -> list[str]:
    """Return those under which others may find this machine; the loopback's are left out."""
    return [
        address
        for addresses in local_addresses().values()
        for address in addresses
        if not ipaddress.ip_address(address).is_loopback
    ]


def _is_ip(family: int) -> bool:
    return family in (socket.AF_INET, socket.AF_INET6)


def _is_link_local(text: str) -> bool:
    return ipaddress.ip_address(text.partition("%")[0]).is_link_local


@dataclass(frozen=True, slots=True, order=True)
class WayOut:
    """An interface that has a default route of a family (4 or 6); the kernel takes the least."""

    version: int
    metric: int
    interface: str


def ways_out(proc_net: Path = Path("/proc/net")) -> list[WayOut]:
    """Return the interfaces that lead to the centre, of each family the preferred one first."""
    found = set()
    for fields in _rows(proc_net / "route"):
        if fields[1] == fields[7] == "00000000" and int(fields[3], 16) & _RTF_UP:
            found.add(WayOut(4, int(fields[6]), fields[0]))
    for fields in _rows(proc_net / "ipv6_route"):
        is_default = fields[1] == "00" and not fields[0].strip("0")
        flags = int(fields[8], 16)
        if is_default and flags & _RTF_UP and not flags & _RTF_REJECT:
            found.add(WayOut(6, int(fields[5], 16), fields[9]))
    return sorted(found)


def _rows(path: Path) -> list[list[str]]:
    """Return the rows of a table of routes, without the heading that one of them has."""
    try:
        lines = path.read_text().splitlines()
    except OSError:  # a kernel without that family
        return []
    rows = (line.split() for line in lines)
    return [fields for fields in rows if len(fields) >= 10 and fields[0] != "Iface"]
