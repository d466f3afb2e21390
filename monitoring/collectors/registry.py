"""What a collector is, which there are, and how each is run.

A collector finds one section of a health report, under its own name. A new one is a new file
and one line in `health_collectors`.
"""

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

import msgspec

from contracts.section import Section
from monitoring.collectors.devices import DevicesCollector
from monitoring.collectors.dhcp import DhcpCollector
from monitoring.collectors.disk import DiskCollector
from monitoring.collectors.disks import DisksCollector
from monitoring.collectors.dns import DnsCollector
from monitoring.collectors.gateway import GatewayCollector
from monitoring.collectors.host import HostCollector
from monitoring.collectors.lan import LanCollector
from monitoring.collectors.load import LoadCollector
from monitoring.collectors.modem import ModemCollector
from monitoring.collectors.roots import SYSTEM_BUS, Roots
from monitoring.collectors.screens import ScreensCollector
from monitoring.collectors.segment import SegmentCollector
from monitoring.collectors.throttling import ThrottlingCollector
from monitoring.collectors.wifi import WifiCollector
from monitoring.errors import CollectorError
from monitoring.listeners.line_prober import LinkCollector, LinkProber
from runtime.guard import guarded


class Collector(Protocol):
    """One source of measurements."""

    @property
    def name(self) -> str:
        """What its section, and its failures, are reported under."""

    @property
    def timeout_s(self) -> float:
        """How long one collection may take."""

    @property
    def interval_s(self) -> float:
        """How long a collection holds, unless the settings say otherwise; 0: with each report."""

    async def collect(self) -> Section:
        """Return what was found.

        Raises:
            CollectorError: it could not be measured.
        """


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of a collector gave: its section, or why there is none."""

    collector: str
    duration_s: float
    section: Section | None = None
    error: str = ""


def health_collectors(
    roots: Roots,
    prober: LinkProber,
    disk: DiskCollector,
    *,
    centre_host: str = "",
    centre_at: Callable[[], Collection[str]] = tuple,
    wants_devices: Callable[[], bool] = bool,
    monotonic: Callable[[], float] = time.monotonic,
) -> list[Collector]:
    """Return every collector of the health report.

    Args:
        centre_host: where the point finds the centre; name servers are asked for it.
        centre_at: the IPv4 addresses at which it proved to be the centre.
        wants_devices: whether camera and microphone may be open now.
    """
    return [
        HostCollector(roots.proc, roots.sys),
        LoadCollector(roots.proc),
        disk,
        DisksCollector(roots.sys, roots.asked),
        ThrottlingCollector(roots.sys, monotonic=monotonic),
        ScreensCollector(roots.sys),
        LanCollector(roots.proc, roots.sys, monotonic=monotonic),
        GatewayCollector(roots.proc),
        LinkCollector(prober),
        DnsCollector(roots.files, centre_host, centre_at=centre_at),
        DhcpCollector(roots.proc, roots.sys, roots.files, monotonic=monotonic),
        SegmentCollector(roots.proc, roots.sys, roots.files, monotonic=monotonic),
        WifiCollector(roots.proc, roots.sys),
        ModemCollector(roots.proc, bus=roots.files / SYSTEM_BUS),
        DevicesCollector(roots.proc, roots.sys, wants_devices, monotonic=monotonic),
    ]


def known_sections() -> set[str]:
    """Return what there are collectors for."""
    return {one.name for one in health_collectors(Roots(), LinkProber(), DiskCollector(()))}


def _checked(section: Section) -> Section:
    """Return what was found as the centre will read it.

    One value out of its bounds would cost all that travels with it: here it costs its collector.

    Raises:
        ValueError: the centre would refuse it.
    """
    return msgspec.json.decode(msgspec.json.encode(section), type=type(section))


async def run_collector(collector: Collector) -> Outcome:
    """Run one collector within its time; a failure of any kind is an outcome, with its duration."""
    started_s = time.monotonic()
    section: Section | None = None
    error = ""

    def failed(exc: Exception) -> None:
        nonlocal error
        error = f"{type(exc).__name__}: {exc}"

    with guarded("collector", failed, collector=collector.name):
        try:
            async with asyncio.timeout(collector.timeout_s):
                section = _checked(await collector.collect())
        except TimeoutError:
            error = f"no result within {collector.timeout_s:g} s"
        except (CollectorError, OSError, ValueError) as exc:
            error = str(exc)
    return Outcome(collector.name, time.monotonic() - started_s, section, error)
