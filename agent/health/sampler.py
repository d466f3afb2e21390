"""One health report per sampling interval, and the inventory when it changes and hourly."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import structlog

from agent.health.told_failures import ToldFailures
from agent.point.journal import Journal
from agent.point.outbox import Entry
from agent.point.stamp import stamp
from agent.point.version import AGENT_VERSION
from contracts.machine import BootFacts
from contracts.reports import (
    MAX_SECTIONS,
    Body,
    CollectorFailure,
    DevicesSection,
    HealthBody,
    InventoryBody,
    RoomSection,
)
from contracts.uplink import UplinkSection
from monitoring.collectors.inventory import take_inventory
from monitoring.collectors.registry import Collector
from monitoring.collectors.roots import Roots
from monitoring.collectors.rounds import Rounds
from monitoring.errors import CollectorError
from runtime.clock import Clock
from runtime.guard import guarded

_log = structlog.get_logger()

# The first collection only starts the counters; a second later there is something to say.
FIRST_AFTER_S = 1.0
INVENTORY_LOOK_S, INVENTORY_SEND_S = 60.0, 3600.0
LOST_TOLD_S = 86_400
LOST = "its file was damaged and set aside as outbox.db.damaged; what was not sent is missing here"
OS_RELEASE = Path("/etc/os-release")


class Sampler:
    """Takes samples for ever. `last_sample_s` (monotonic) shows that it does."""

    def __init__(
        self,
        collectors: Sequence[Collector],
        journal: Journal,
        clock: Clock,
        roots: Roots,
        *,
        intervals_s: Mapping[str, float],
        interval_s: Callable[[], float],
        room: Callable[[], RoomSection],
        uplink: Callable[[], UplinkSection | None] = lambda: None,
        stored: Callable[[Entry], None],
        sampled: Callable[[HealthBody], None],
        disk_bytes: Callable[[], int],
        boot: BootFacts,
    ) -> None:
        self._rounds = Rounds(collectors, intervals_s=intervals_s)
        self._disk_bytes = disk_bytes
        self._boot = boot
        self._journal = journal
        self._clock = clock
        self._roots = roots
        self._interval_s = interval_s
        self._room = room
        self._uplink = uplink
        self._stored = stored
        self._sampled = sampled
        self._failures = ToldFailures()
        self._aside_told_s: float | None = None
        self._held = DevicesSection().held
        self._inventory: InventoryBody | None = None
        self._inventory_looked_s = self._inventory_sent_s = float("-inf")
        self._has_new_interval = asyncio.Event()
        self._is_wanted = False
        self.last_sample_s = time.monotonic()
        self.samples_total = 0

    async def run(self) -> None:
        """Sample at an even pace; a sample that took too long is not caught up with."""
        async with asyncio.TaskGroup() as tasks:
            await self._run(tasks)

    async def _run(self, tasks: asyncio.TaskGroup) -> None:
        with guarded("sample"):
            await self._rounds.run_due(tasks)
        next_s = time.monotonic() + min(FIRST_AFTER_S, self._interval_s())
        while True:
            if not self._is_wanted:
                self._has_new_interval.clear()
            if await self._has_passed(next_s) or self._is_wanted:
                self._is_wanted = False
                with guarded("sample"):
                    await self.sample(tasks)
                now_s = time.monotonic()
                next_s = max(min(next_s, now_s) + self._interval_s(), now_s)
            else:
                next_s = min(next_s, time.monotonic() + self._interval_s())

    def interval_changed(self) -> None:
        """Say that the interval may be another one from now on."""
        self._has_new_interval.set()

    def sample_now(self) -> None:
        """Take a sample before its time: something of weight has changed."""
        self._is_wanted = True
        self._has_new_interval.set()

    async def _has_passed(self, until_s: float) -> bool:
        """Wait for an instant; return False at once where the interval changes before."""
        try:
            async with asyncio.timeout(max(0.0, until_s - time.monotonic())):
                await self._has_new_interval.wait()
        except TimeoutError:
            return True
        return False

    async def sample(self, tasks: asyncio.TaskGroup) -> None:
        """Take one sample and put it into the journal."""
        body, outcomes = await self._rounds.collect(tasks)
        self._failures.tell(outcomes)
        self._tell_held(body.devices)
        self._sampled(body)
        told = (*self._lost_reports(), *body.failures)[:MAX_SECTIONS]
        self._store(
            msgspec.structs.replace(body, room=self._room(), uplink=self._uplink(), failures=told)
        )
        self.samples_total += 1
        self.last_sample_s = time.monotonic()
        with guarded("collector", collector="inventory"):
            self._look_at_inventory()

    def _lost_reports(self) -> tuple[CollectorFailure, ...]:
        """Return, once, that reports are lost since their file was damaged within the last day."""
        at_s = self._journal.set_aside_at_s()
        is_new, self._aside_told_s = at_s != self._aside_told_s, at_s
        if at_s is None or not is_new or time.time() - at_s > LOST_TOLD_S:
            return ()
        return (CollectorFailure(collector="outbox", error=LOST, duration_ms=0),)

    def _store(self, body: Body) -> None:
        self._stored(self._journal.append(body, stamp(self._clock)))

    def _look_at_inventory(self) -> None:
        now_s = time.monotonic()
        if now_s - self._inventory_looked_s < INVENTORY_LOOK_S:
            return
        self._inventory_looked_s = now_s
        try:
            found = take_inventory(
                self._roots,
                os_release=OS_RELEASE,
                agent_version=AGENT_VERSION,
                disk_bytes=self._disk_bytes(),
                boot=self._boot,
            )
        except (CollectorError, OSError, ValueError) as exc:
            _log.warning("collector_failed", collector="inventory", error=str(exc))
            return
        if found != self._inventory or now_s - self._inventory_sent_s >= INVENTORY_SEND_S:
            self._inventory, self._inventory_sent_s = found, now_s
            self._store(found)

    def _tell_held(self, devices: DevicesSection | None) -> None:
        """Write a line whenever somebody opens or closes a camera or microphone."""
        if devices is None or devices.held == self._held:
            return
        self._held = devices.held
        held = [f"{one.device} {one.holder}".strip() for one in devices.held]
        _log.info("devices_held", held=held, unwanted_s=devices.unwanted_s, unseen=devices.unseen)
