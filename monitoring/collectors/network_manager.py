"""By which DHCP server an address was lent, where NetworkManager is the client: asked over D-Bus.

Its own client keeps its leases to root; what it says on the bus anybody may read. Nothing is set,
and a NetworkManager that does not run is not started. Loaded only where it has a folder in /run.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from monitoring.collectors.system_bus import BusConnection, Called, connected

SERVICE, PATH = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
DEVICE, DHCP4 = f"{SERVICE}.Device", f"{SERVICE}.DHCP4Config"
PROPERTIES = "org.freedesktop.DBus.Properties"
_NONE = "/"
_IPV4 = re.compile(r"[0-9.]{7,15}")

LentAddress = tuple[str, str]
"""An interface and an IPv4 address of it."""


async def servers_of(bus: Path, lent: Iterable[LentAddress]) -> dict[LentAddress, str]:
    """Return which server lent what; what NetworkManager does not manage, or say, is left out.

    Raises:
        CollectorError: what was said is no D-Bus, of another form, or too much.
    """
    found: dict[LentAddress, str] = {}
    async with connected(bus) as connection:
        if connection is not None:
            for one in lent:
                if server := await _server(connection, *one):
                    found[one] = server
    return found


async def _server(connection: BusConnection, interface: str, address: str) -> str:
    manager = Called(SERVICE, PATH, SERVICE)
    reply = await connection.call(manager, "GetDeviceByIpIface", "s", (interface,))
    device = reply.body[0] if reply.signature == "o" else None
    config = await _property(connection, device, DEVICE, "Dhcp4Config")
    options = await _property(connection, config, DHCP4, "Options")
    if not isinstance(options, dict):
        return ""
    said = {name: _text(options.get(name)) for name in ("ip_address", "dhcp_server_identifier")}
    server = said["dhcp_server_identifier"]
    return server if said["ip_address"] == address and _IPV4.fullmatch(server) else ""


async def _property(connection: BusConnection, path: object, interface: str, name: str) -> object:
    """Return a property of an object; None: there is no such object, or it does not say."""
    if not isinstance(path, str) or path == _NONE:
        return None
    called = Called(SERVICE, path, PROPERTIES)
    reply = await connection.call(called, "Get", "ss", (interface, name))
    variant = reply.body[0] if reply.signature == "v" else None
    return variant[1] if isinstance(variant, tuple) and len(variant) == 2 else None


def _text(variant: object) -> str:
    if isinstance(variant, tuple) and len(variant) == 2 and isinstance(variant[1], str):
        return variant[1]
    return ""
