"""Which addresses of the machine a DHCP server lent, until when, and which servers answer."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

from contracts.lan import MAX_LEASES, DhcpSection, Lease
from monitoring.collectors.interfaces import has_carrier, listed
from monitoring.collectors.leases import server_of
from monitoring.collectors.rtnetlink import Address, addresses
from monitoring.collectors.segment_look import last_look


class DhcpCollector:
    """Files, and the kernel's list of addresses."""

    name = "dhcp"
    timeout_s = 5.0
    interval_s = 300.0

    def __init__(
        self,
        proc: Path,
        sys: Path,
        files: Path,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._proc = proc
        self._sys = sys
        self._files = files
        self._monotonic = monotonic

    async def collect(self) -> DhcpSection:
        """Return the leases of the interfaces that are told one by one and have a carrier.

        Nobody can renew what a cable that is out was lent, and nobody has to.

        Raises:
            CollectorError: the kernel does not say.
        """
        own = {one.name for one in listed(self._proc, self._sys).own}
        found = []
        for one in addresses():
            name = interface_of(one.index)
            if name not in own or not has_carrier(self._sys, name):
                continue
            if not one.is_v6 and one.left_s is not None:
                found.append(self._lease(one, name, one.left_s))
        seen = last_look(self._files, now_s=self._monotonic())
        servers = seen.servers if seen is not None else None
        return DhcpSection(leases=tuple(found[:MAX_LEASES]), servers=servers)

    def _lease(self, one: Address, name: str, left_s: int) -> Lease:
        since_s = max(0.0, self._monotonic() - one.stamp_s)
        return Lease(
            interface=name,
            address=one.address,
            left_s=left_s,
            whole_s=left_s + round(since_s),
            server=server_of(self._files, one.index, name, one.address),
        )


def interface_of(index: int) -> str:
    """Return an interface's name; empty where it is gone."""
    try:
        return socket.if_indextoname(index)[:32]
    except (OSError, OverflowError):
        return ""
