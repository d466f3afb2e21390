"""systemd's networkd, which borrows an address for a machine as long as the block lasts."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.namespace import Machine, run
from tests.waiting import until_blocking

_PROGRAM = Path("/lib/systemd/systemd-networkd")
HAS_NETWORKD = _PROGRAM.exists()
_NETWORK = """[Match]
Name={interface}
[Network]
DHCP=ipv4
LinkLocalAddressing=no
IPv6AcceptRA=no
"""
# Of its own: /run, and a /sys that cannot be written, as in a container, where no udev is awaited.
_BEGIN = """set -e
mount --bind {run} /run
mount -o remount,ro,bind /sys
exec {program}
"""


@contextmanager
def a_networkd_lease(machine: Machine, root: Path) -> Iterator[None]:
    """Give the machine a lent address in place of its own; /run of networkd is root/run."""
    netif = root / "run/systemd/netif"
    (root / "run/systemd/network").mkdir(parents=True)
    for name in ("leases", "links", "lldp"):
        (netif / name).mkdir(parents=True)
    run("chown", "-R", "systemd-network:systemd-network", str(netif))
    network = root / "run/systemd/network/10.network"
    network.write_text(_NETWORK.format(interface=machine.interface))
    run(*machine.prefix, "ip", "address", "flush", "dev", machine.interface)
    begin = _BEGIN.format(run=root / "run", program=_PROGRAM)
    with (root / "networkd.log").open("wb") as log:
        command = [*machine.prefix, "unshare", "--mount", "bash", "-c", begin]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        assert until_blocking(lambda: any((netif / "leases").iterdir()), 20)
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)
