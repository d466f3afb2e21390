"""Debian's dhclient, which borrows an address for a machine as long as the block lasts."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.namespace import Machine, run

HAS_DHCLIENT = shutil.which("dhclient") is not None
# As Debian's dhclient-script sets an address.
_SCRIPT = """#!/bin/sh
case $reason in BOUND | RENEW | REBIND | REBOOT)
  ip -4 address change $new_ip_address/24 dev $interface \\
    valid_lft $new_dhcp_lease_time preferred_lft $new_dhcp_lease_time ;;
esac
"""


@contextmanager
def a_lease(machine: Machine, root: Path) -> Iterator[None]:
    """Give the machine a lent address in place of its own, its file where Debian has it."""
    script, leases = root / "dhclient-script", root / "var/lib/dhcp/dhclient.uplink.leases"
    leases.parent.mkdir(parents=True)
    script.write_text(_SCRIPT)
    script.chmod(0o755)
    options = ("-sf", str(script), "-lf", str(leases), "-pf", str(root / "dhclient.pid"))
    run(*machine.prefix, "ip", "address", "flush", "dev", machine.interface)
    run(*machine.prefix, "dhclient", "-1", *options, machine.interface)
    try:
        run(*machine.prefix, "ip", "route", "replace", "default", "via", machine.host)
        yield
    finally:
        run(*machine.prefix, "dhclient", "-x", *options, machine.interface)
