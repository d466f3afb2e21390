"""The addresses of this machine's own interfaces, of both families, in their one form."""

import ipaddress
import socket

import psutil


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
