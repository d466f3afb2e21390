"""By which DHCP server an address was lent: what the clients of Debian leave where all may read.

For how long it still holds says the kernel, whichever client it was (`rtnetlink.py`).
NetworkManager's own client keeps its files to root, and is asked (`network_manager.py`); of dhcpcd
only the address and its time are known.
"""

import re
from collections.abc import Iterator
from pathlib import Path

NETWORKD = "run/systemd/netif/leases"
DHCLIENT = "var/lib/dhcp"
MAX_LEASE_BYTES = 1_000_000
"""dhclient adds to its file with each renewal, and begins it anew with each start."""

_BLOCK = re.compile(r"^lease \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_INTERFACE = re.compile(r'^\s*interface "([^"\n]{1,32})";', re.MULTILINE)
_IPV4 = re.compile(r"[0-9.]{7,15}")
_FIXED = re.compile(r"^\s*fixed-address ([0-9.]{7,15});", re.MULTILINE)
_SERVER = re.compile(r"^\s*option dhcp-server-identifier ([0-9.]{7,15});", re.MULTILINE)


def server_of(files: Path, index: int, interface: str, address: str) -> str:
    """Return which server lent an address of an interface; empty where nothing says so."""
    return _of_networkd(files / NETWORKD / str(index), address) or next(
        _of_dhclient(files / DHCLIENT, interface, address), ""
    )


def _of_networkd(path: Path, address: str) -> str:
    """The first of each name counts: a server's own words come last, line breaks and all."""
    said = dict(line.partition("=")[::2] for line in reversed(_text(path).split("\n")))
    server = said.get("SERVER_ADDRESS", "")
    is_said = said.get("ADDRESS") == address and _IPV4.fullmatch(server)
    return server if is_said else ""


def _of_dhclient(folder: Path, interface: str, address: str) -> Iterator[str]:
    """Give the servers of the leases, the newest of each file first."""
    for path in sorted(folder.glob("dhclient*.leases")):
        for block in reversed(_BLOCK.findall(_text(path))):
            names, fixed = _INTERFACE.search(block), _FIXED.search(block)
            server = _SERVER.search(block)
            if names and fixed and server:
                if (names[1], fixed[1]) == (interface, address):
                    yield server[1]


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(-min(MAX_LEASE_BYTES, path.stat().st_size), 2)
            return file.read(MAX_LEASE_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""  # another client's, or kept to root
