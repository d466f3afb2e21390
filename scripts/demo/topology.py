"""Where the points live: namespaces on a bridge as root, one address otherwise.

As root the centre's address is 10.N.0.1 on a bridge of our own, and every point that
wants its own network (and the check's browser) has a namespace with a veth pair to that
bridge; cutting a point is taking its end of the pair down. A point whose line is to be cut
has a router before it, as in a commune: then its router answers, and nobody behind that:

    bridge ==line== router (10.N.0.X, a namespace) ==cable== point (10.N.X.2)

What a crashed run left behind is cleaned: whoever holds the lock of a bridge owns it. Without
root all share the machine's address.
"""

import fcntl
import json
import os
import socket
import subprocess
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from scripts.demo.errors import DemoError, Occupied

FIRST_OCTET = 77
VIEWER, STRANGER, CROWD = "viewer", "stranger", "crowd"
PLACES = 8
_LOCKS = Path("/run")


@dataclass(slots=True)
class Place:
    """What the processes need to know of the network; `bridge` None: no namespaces."""

    index: int
    centre_address: str
    bridge: str | None
    note: str
    _lock: IO[str] | None = None
    namespaces: dict[str, str] = field(default_factory=dict)

    def namespace_of(self, point_id: str) -> str | None:
        """Return the namespace a point lives in, if it has one of its own."""
        return self.namespaces.get(point_id)

    def host_end_of(self, point_id: str) -> str:
        """Return the name of the interface on the bridge that leads to the point."""
        return _host_end(self.index, list(self.namespaces).index(point_id))

    def interface_bytes(self, point_id: str) -> int:
        """Return the bytes a point has sent and received, by its own interface's counter."""
        base = Path("/sys/class/net") / self.host_end_of(point_id) / "statistics"
        return sum(int((base / f"{way}_bytes").read_text()) for way in ("rx", "tx"))

    def cut(self, point_id: str) -> None:
        """Take the point's line away."""
        _ip("link", "set", self.host_end_of(point_id), "down")

    def mend(self, point_id: str) -> None:
        """Give the point its line back."""
        _ip("link", "set", self.host_end_of(point_id), "up")

    def close(self) -> None:
        """Remove everything that was made."""
        if self.bridge is not None:
            _clean(self.index)
        if self._lock is not None:
            self._lock.close()


def prepare(wanted: int | None, owners: Iterable[str], routed: Collection[str] = ()) -> Place:
    """Return a place for the points named; those get a namespace each where possible.

    Args:
        wanted: index of the place that kept data were made for.
        routed: those that have a router before them.

    Raises:
        Occupied: the wanted place is in use.
        DemoError: this machine has no usable address.
    """
    if os.geteuid() != 0:
        return _shared("not root, so no namespaces: all points share this machine's address")
    indices = [wanted] if wanted is not None else list(range(PLACES))
    for index in indices:
        lock = _lock(index)
        if lock is None:
            continue
        _clean(index)
        if _is_foreign(index):
            lock.close()
            continue
        try:
            return _build(index, lock, list(owners), routed)
        except (OSError, subprocess.CalledProcessError) as exc:
            _clean(index)
            lock.close()
            return _shared(f"no namespaces here ({_reason(exc)}): all share one address")
    if wanted is not None:
        raise Occupied(f"the network 10.{FIRST_OCTET + wanted}.0.0/24 of {_bridge(wanted)}")
    return _shared("all networks for namespaces are taken: all share one address")


def machine_address() -> str | None:
    """Return an IPv4 address of this machine that is not loopback, the default route's first."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            pass
    for addresses in psutil.net_if_addrs().values():
        for entry in addresses:
            if entry.family == socket.AF_INET and not entry.address.startswith("127."):
                return str(entry.address)
    return None


def _shared(note: str) -> Place:
    address = machine_address()
    if address is None:
        raise DemoError(
            "neither root for a network of its own nor any address other than loopback",
            "run it as root, or connect the machine to a network: WebRTC uses no loopback",
        )
    return Place(-1, address, None, note)


def _build(index: int, lock: IO[str], owners: list[str], routed: Collection[str]) -> Place:
    bridge, net = _bridge(index), f"10.{FIRST_OCTET + index}.0"
    _ip("link", "add", bridge, "type", "bridge")
    _ip("link", "set", bridge, "addrgenmode", "none")
    _ip("addr", "add", f"{net}.1/24", "dev", bridge)
    _ip("link", "set", bridge, "up")
    place = Place(index, f"{net}.1", bridge, f"bridge {bridge}, {net}.0/24", lock)
    for position, owner in enumerate(owners):
        namespace, host_end = _namespace(index, position), _host_end(index, position)
        nearest = f"{namespace}-router" if owner in routed else namespace
        _ip("netns", "add", nearest)
        _ip("link", "add", host_end, "type", "veth", "peer", "name", "eth0", "netns", nearest)
        _ip("link", "set", host_end, "addrgenmode", "none")
        _ip("link", "set", host_end, "master", bridge, "up")
        # A browser greets its whole LAN by multicast; a point's line carries none of that.
        _ip("link", "set", host_end, "type", "bridge_slave", "mcast_flood", "off")
        _connect(nearest, f"{net}.{10 + position}/24", f"{net}.1")
        if nearest != namespace:
            _put_behind(nearest, namespace, _net_behind(index, position))
            router = f"{net}.{10 + position}"
            _ip(
                "route", "add", f"{_net_behind(index, position)}.0/24", "via", router, "dev", bridge
            )
            _keep_to_itself(nearest, host_end, router, bridge)
        place.namespaces[owner] = namespace
    return place


def _connect(namespace: str, address: str, gateway: str) -> None:
    _ip("-n", namespace, "addr", "add", address, "dev", "eth0")
    _ip("-n", namespace, "link", "set", "lo", "up")
    _ip("-n", namespace, "link", "set", "eth0", "up")
    _ip("-n", namespace, "route", "add", "default", "via", gateway)


def _put_behind(router: str, namespace: str, net: str) -> None:
    """Put a namespace of its own behind a router."""
    _ip("netns", "add", namespace)
    cable = ("type", "veth", "peer", "name", "eth0", "netns", namespace)
    _ip("-n", router, "link", "add", "lan", *cable)
    _ip("-n", router, "addr", "add", f"{net}.1/24", "dev", "lan")
    _ip("-n", router, "link", "set", "lan", "up")
    _connect(namespace, f"{net}.2/24", f"{net}.1")
    _ip("netns", "exec", router, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1")


def _keep_to_itself(router: str, host_end: str, address: str, bridge: str) -> None:
    """Let a line carry nothing of what is between the others, as a carrier's does not."""
    shown = json.loads(_ip("-json", "-n", router, "link", "show", "eth0"))
    hardware = shown[0]["address"]
    _ip("neigh", "add", address, "lladdr", hardware, "dev", bridge, "nud", "permanent")
    _ip("link", "set", host_end, "type", "bridge_slave", "flood", "off", "bcast_flood", "off")


def _net_behind(index: int, position: int) -> str:
    return f"10.{FIRST_OCTET + index}.{10 + position}"


def _clean(index: int) -> None:
    listed = subprocess.run(
        ["ip", "netns", "list"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line.split()[0] for line in listed.stdout.splitlines() if line.strip()]
    for name in ours:
        if name.startswith(f"dcdemo{index}-"):
            _ip("netns", "delete", name)
    for name in psutil.net_if_stats():
        if name.startswith(f"dcdemo{index}v") or name == _bridge(index):
            _ip("link", "delete", name, is_checked=False)


def _is_foreign(index: int) -> bool:
    net = f"10.{FIRST_OCTET + index}."
    return any(
        entry.address.startswith(net)
        for addresses in psutil.net_if_addrs().values()
        for entry in addresses
    )


def _lock(index: int) -> IO[str] | None:
    handle = (_LOCKS / f"{_bridge(index)}.lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        return None
    return handle


def _bridge(index: int) -> str:
    return f"dcdemo{index}"


def _namespace(index: int, position: int) -> str:
    return f"dcdemo{index}-{position}"


def _host_end(index: int, position: int) -> str:
    return f"dcdemo{index}v{position}"


def _ip(*words: str, is_checked: bool = True) -> str:
    done = subprocess.run(
        ["ip", *words],
        capture_output=True, text=True, check=is_checked,
    )  # fmt: skip
    return done.stdout


def _reason(exc: OSError | subprocess.CalledProcessError) -> str:
    if isinstance(exc, subprocess.CalledProcessError):
        return str(exc.stderr).strip() or f"ip ended with {exc.returncode}"
    return exc.strerror or str(exc)
