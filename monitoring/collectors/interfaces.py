"""Which interfaces are told one by one: the way out first, then what has a plug or an antenna.

A machine with containers has a hundred others. They are summed up, since nobody repairs a
veth, and so that they never push the way out off the list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contracts.reports import MAX_INTERFACES, SUMMED_UP
from monitoring.collectors.host import read_text
from monitoring.collectors.routes import default_route
from monitoring.errors import CollectorError

LOOPBACK = "lo"
_COLUMNS = 16
_VIRTUAL_NAMES = (
    *("bond", "br", "cali", "cni", "docker", "dummy", "erspan", "flannel", "gre", "ifb", "ip6tnl"),
    *("ipvlan", "lxc", "lxd", "macvlan", "macvtap", "sit", "tap", "team", "tun", "tunl", "veth"),
    *("virbr", "vmnet", "vnet", "vxlan", "wg", "zt"),
)


@dataclass(frozen=True, slots=True)
class Counters:
    """One line of /proc/net/dev."""

    name: str
    rx_bytes: int
    tx_bytes: int
    packets_total: int
    errors_total: int
    drops_total: int


@dataclass(frozen=True, slots=True)
class Listed:
    """The interfaces of a machine; `uplink` empty: there is no default route."""

    uplink: str
    own: Sequence[Counters]
    virtual: Sequence[Counters]


def listed(proc: Path, sys: Path) -> Listed:
    """Return every interface but lo, the way out first.

    Raises:
        CollectorError: the table cannot be read.
    """
    uplink = _uplink(proc)
    own: list[Counters] = []
    virtual: list[Counters] = []
    for counters in read_counters(proc):
        is_own = counters.name == uplink or is_physical(sys, counters.name)
        (own if is_own else virtual).append(counters)
    own.sort(key=lambda counters: (counters.name != uplink, counters.name))
    return Listed(uplink, own[: MAX_INTERFACES - 1], virtual)


def _uplink(proc: Path) -> str:
    try:
        route = default_route(proc)
    except CollectorError:
        return ""  # the gateway's collector says so
    return route.interface if route else ""


def is_physical(sys: Path, name: str) -> bool:
    """Return whether an interface is a device, and not the kernel's invention.

    The name decides only where /sys does not tell (it may be another namespace's).
    """
    entry = sys / "class/net" / name
    if (entry / "device").exists():
        return True
    if entry.is_symlink():
        return "virtual" not in entry.resolve().parts
    return not name.startswith(_VIRTUAL_NAMES)


def read_counters(proc: Path) -> list[Counters]:
    """Return every interface but lo, by name.

    Raises:
        CollectorError: the table cannot be read.
    """
    found = []
    for line in read_text(proc / "net/dev").splitlines()[2:]:
        name, _, rest = line.partition(":")
        words = rest.split()
        name = name.strip()
        if name == LOOPBACK:
            continue
        if len(words) < _COLUMNS or not all(word.isdigit() for word in words):
            raise CollectorError(f"/proc/net/dev has a line of an unknown form: {line[:80]!r}")
        values = [int(word) for word in words]
        found.append(
            Counters(
                name[:32],
                rx_bytes=values[0],
                tx_bytes=values[8],
                packets_total=values[1] + values[9],
                errors_total=values[2] + values[10],
                drops_total=values[3] + values[11],
            )
        )
    return sorted(found, key=lambda counters: counters.name)


def summed_up(virtual: Sequence[Counters]) -> Counters:
    """Return the virtual ones as one. Their errors and drops are left out: nobody's trouble."""
    return Counters(
        SUMMED_UP,
        rx_bytes=sum(one.rx_bytes for one in virtual),
        tx_bytes=sum(one.tx_bytes for one in virtual),
        packets_total=sum(one.packets_total for one in virtual),
        errors_total=0,
        drops_total=0,
    )


def attribute(sys: Path, interface: str, name: str) -> str | None:
    """Return one attribute of an interface; None where the kernel has none to tell."""
    try:
        return (sys / "class/net" / interface / name).read_text().strip()
    except OSError:
        return None  # EINVAL while the interface is down, or a virtual one without it


def has_carrier(sys: Path, interface: str) -> bool:
    """Return whether a cable (or its like) is live. Unreadable while the interface is down."""
    return attribute(sys, interface, "carrier") == "1"


def speed_bps(sys: Path, interface: str) -> int | None:
    """Return the link's rate; None where unknown (virtual, wireless, no carrier)."""
    text = attribute(sys, interface, "speed") or ""
    if not text.isdigit() or int(text) == 0 or int(text) >= 0xFFFFFFFF:
        return None
    return int(text) * 1_000_000
