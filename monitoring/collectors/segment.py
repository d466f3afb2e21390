"""Who else is on the segment: whom the machine has spoken with of late, and who made them.

Nothing is sent: in networks of others who asks every address is taken for an intruder. Who has an
address that is ours is asked by a process of its own (`segment_look.py`).
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from contracts.lan import (
    MAX_DOUBLED,
    MAX_NEIGHBOURS,
    DoubledAddress,
    SegmentDevice,
    SegmentSection,
)
from monitoring.collectors.dhcp import interface_of
from monitoring.collectors.interfaces import listed
from monitoring.collectors.makers import Makers
from monitoring.collectors.routes import default_route
from monitoring.collectors.rtnetlink import HeardNeighbour, addresses, neighbours
from monitoring.collectors.segment_look import last_look

RECENT_S = 3600.0
"""The kernel forgets nobody as long as there are few: who was not heard for an hour is gone."""


class SegmentCollector:
    """The kernel's table of neighbours, of interfaces that are told one by one."""

    name = "segment"
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
        self._makers = Makers(files)

    async def collect(self) -> SegmentSection:
        """Return who is there, routers first; the same device at several addresses is one.

        Raises:
            CollectorError: the kernel does not say.
        """
        own = {one.name for one in listed(self._proc, self._sys).own}
        route = default_route(self._proc)
        gateway = route.gateway if route else None
        recent = [
            (one, name)
            for one in neighbours()
            if one.age_s <= RECENT_S and (name := interface_of(one.index)) in own
        ]
        devices = _devices(recent, gateway)
        shown = devices[:MAX_NEIGHBOURS]
        # A file of megabytes: not in the loop.
        await asyncio.to_thread(self._makers.look_up, [one.mac for one, _ in shown])
        return SegmentSection(
            total=len(devices),
            neighbours=tuple(self._neighbour(one, name, gateway) for one, name in shown),
            doubled=(*_doubled(own), *self._seen_doubled())[:MAX_DOUBLED],
            figures={"segment_devices_count": len(devices)},
        )

    def _seen_doubled(self) -> tuple[DoubledAddress, ...]:
        seen = last_look(self._files, now_s=self._monotonic())
        return seen.doubled if seen is not None else ()

    def _neighbour(self, one: HeardNeighbour, name: str, gateway: str | None) -> SegmentDevice:
        return SegmentDevice(
            address=one.address,
            mac=one.mac,
            interface=name,
            maker=self._makers.of(one.mac),
            is_router=one.is_router or one.address == gateway,
        )


def _devices(
    recent: list[tuple[HeardNeighbour, str]], gateway: str | None
) -> list[tuple[HeardNeighbour, str]]:
    """Return one row a device: its IPv4 address where it has one, the gateway first."""
    ordered = sorted(
        recent,
        key=lambda row: (row[0].address != gateway, ":" in row[0].address, row[0].age_s),
    )
    found: dict[tuple[str, str], tuple[HeardNeighbour, str]] = {}
    for one, name in ordered:
        found.setdefault((one.mac, name), (one, name))
    return list(found.values())


def _doubled(own: set[str]) -> tuple[DoubledAddress, ...]:
    """Return our own addresses that the kernel found taken: it looks for those of IPv6 only."""
    taken = [a for a in addresses() if a.is_doubled and interface_of(a.index) in own]
    return tuple(DoubledAddress(address=a.address, is_own=True) for a in taken)
