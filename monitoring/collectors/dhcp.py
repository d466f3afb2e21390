"""Which addresses of the machine a DHCP server lent, until when, and which servers answer."""

import asyncio
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
from msgspec import structs

from contracts.lan import MAX_LEASES, DhcpSection, Lease
from monitoring.collectors.interfaces import has_carrier, listed
from monitoring.collectors.leases import server_of
from monitoring.collectors.roots import SYSTEM_BUS
from monitoring.collectors.rtnetlink import Address, addresses
from monitoring.collectors.segment_look import last_look
from monitoring.errors import CollectorError

NETWORK_MANAGER = "run/NetworkManager"
MANAGER_TIMEOUT_S = 2.0
_log = structlog.get_logger()


class DhcpCollector:
    """Files, the kernel's list of addresses, and NetworkManager where it runs."""

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
        found: list[Lease] = []
        for one in addresses():
            name = interface_of(one.index)
            if name not in own or not has_carrier(self._sys, name):
                continue
            if not one.is_v6 and one.left_s is not None:
                found.append(self._lease(one, name, one.left_s))
        seen = last_look(self._files, now_s=self._monotonic())
        servers = seen.servers if seen is not None else None
        return DhcpSection(leases=tuple(await self.named(found[:MAX_LEASES])), servers=servers)

    async def named(self, leases: list[Lease]) -> list[Lease]:
        """Return leases with the servers that NetworkManager knows, where no file says them.

        One that hangs or cannot be read leaves them unsaid: the leases are told all the same.
        """
        unsaid = [(one.interface, one.address) for one in leases if not one.server]
        bus = self._files / SYSTEM_BUS
        if not unsaid or not (self._files / NETWORK_MANAGER).is_dir() or not bus.is_socket():
            return leases
        from monitoring.collectors import network_manager  # of weight; few have one

        known: Mapping[tuple[str, str], str] = {}
        try:
            async with asyncio.timeout(MANAGER_TIMEOUT_S):
                known = await network_manager.servers_of(bus, unsaid)
        except (CollectorError, TimeoutError) as exc:
            _log.info("network_manager_unread", error=str(exc) or "no answer")
        return [
            structs.replace(one, server=known.get((one.interface, one.address), one.server))
            for one in leases
        ]

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
