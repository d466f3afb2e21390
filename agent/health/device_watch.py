"""The point's switches and power supplies, asked by SNMP each in its own turn.

Each is asked in a task of its own, three at once, within its limits, and less often while it is
silent: two that hang hold nobody else, three hold the others for 45 s at most. A device never has
more than one turn: whoever wants it asked anew, or no more, ends what runs. What is seen goes
into one report: every five minutes (fifteen on a metered line), and where a state has changed, as
agent/health/device_news.py says. Without a session there is none: the newest state counts, and
the centre keeps no other.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import structlog

from agent.health import seen_device
from agent.health.device_news import DeviceNews
from agent.health.seen_device import Polled
from agent.point import opened_apart
from agent.point.device_credentials import credentials_of
from contracts import hosts
from contracts.devices import (
    DeviceAnswer,
    DeviceSecrets,
    SeenDevice,
    SnmpBody,
    SnmpDevices,
    WantedDevice,
)
from contracts.errors import MalformedHost
from contracts.ids import PointId
from monitoring.collectors.snmp.fault_counts import FaultCounts
from monitoring.collectors.snmp.poe_faults import PoeFaults
from monitoring.collectors.snmp.report import DeviceReport
from monitoring.collectors.snmp.target import AskingLimits, DeviceTarget
from monitoring.errors import CollectorError, DeviceSilent, DeviceUnreadable, UserRefused
from runtime.clock import Clock
from runtime.errors import NotOpened
from runtime.guard import guarded, start

_log = structlog.get_logger()

INTERVAL_S, LONGEST_INTERVAL_S = 60.0, 300.0
JITTER = 0.1
# What ports damaged and dropped is kept by five minutes: asked so often, each of them has a figure.
FAULTS_EVERY_S = 225.0
AT_ONCE = 3
LOOK_S = 1.0
STAGGER_S = 1.0
# Three at once, of a process that may have 48 MiB.
LIMITS = AskingLimits(
    whole_s=45.0, requests_per_s=50.0, rows=1024, values=16_384, octets=1024 * 1024
)

Asking = Callable[[DeviceTarget, AskingLimits], Awaitable[DeviceReport]]
Opening = Callable[[WantedDevice, PointId, Path], Awaitable[DeviceSecrets]]


async def by_gufo(target: DeviceTarget, limits: AskingLimits) -> DeviceReport:
    """Ask by the library, which has its weight: a point that asks none by SNMP loads it never."""
    from monitoring.collectors.snmp import asking

    return await asking.by_gufo(target, limits)


@dataclass(slots=True)
class _Watched:
    """One device and its polls. `pause_s` grows while it is silent; `turn`: the last one begun.

    `target`: whom to ask, once its secrets were opened. `counts`, `faults`: what is known from
    poll to poll. `counting_due_s`: when its ports are next asked what they counted.
    """

    wanted: WantedDevice
    due_s: float
    pause_s: float = INTERVAL_S
    target: DeviceTarget | None = None
    turn: asyncio.Task[None] | None = None
    polled: Polled | None = None
    seen: SeenDevice | None = None
    counts: FaultCounts = field(default_factory=FaultCounts)
    counting_due_s: float = 0.0
    faults: PoeFaults = field(default_factory=PoeFaults)

    @property
    def is_running(self) -> bool:
        """Whether it is being asked, or waits for its turn."""
        return self.turn is not None and not self.turn.done()


@dataclass(slots=True)
class DeviceWatch:
    """Asks the devices of a list that may change at any time. `run` is a task.

    Args:
        devices: the list in force.
        took: is given each report.
        beside: devices that somebody else asks, as they were last seen.
    """

    point_id: PointId
    key_file: Path
    clock: Clock
    devices: Callable[[], SnmpDevices | None]
    is_metered: Callable[[], bool]
    is_connected: Callable[[], bool]
    took: Callable[[SnmpBody], None]
    asking: Asking = by_gufo
    monotonic: Callable[[], float] = time.monotonic
    beside: Callable[[], Collection[SeenDevice]] = tuple
    opening: Opening = opened_apart.opened
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _places: dict[str, _Watched] = field(default_factory=dict)
    _list: SnmpDevices | None = None
    _news: DeviceNews = field(default_factory=DeviceNews)

    async def run(self) -> None:
        """Ask for ever."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                with guarded("devices"):
                    self.look(tasks)
                await asyncio.sleep(LOOK_S)

    def look(self, tasks: asyncio.TaskGroup) -> None:
        """Begin what is due, and report what is to be reported."""
        self._take_list()
        now_s = self.monotonic()
        for place in self._places.values():
            if not place.is_running and now_s >= place.due_s:
                device = place.wanted.device_id
                place.turn = start(tasks, self._turn(place), kind="snmp_device", device=device)
        self._report(now_s)

    def _take_list(self) -> None:
        wanted = self.devices()
        if wanted is self._list:
            return
        self._list, now_s = wanted, self.monotonic()
        known, places, staggered = self._places, {}, 0
        for one in wanted.devices if wanted else ():
            before = known.get(one.device_id)
            if before is not None and before.wanted == one:
                places[one.device_id] = before
            else:
                place = _Watched(one, now_s + staggered * STAGGER_S)
                staggered += 1
                if before is not None and before.wanted.address == one.address:
                    place.polled, place.seen = before.polled, before.seen
                    place.counts, place.faults = before.counts, before.faults
                    place.counting_due_s = before.counting_due_s
                places[one.device_id] = place
        self._places = places
        for name, before in known.items():
            if before is not places.get(name) and before.turn is not None:
                before.turn.cancel()

    async def _turn(self, place: _Watched) -> None:
        try:
            async with self._turns:
                await self._ask(place)
        finally:
            spread_s = place.pause_s * random.uniform(-JITTER, JITTER)  # noqa: S311 - no secret
            place.due_s = self.monotonic() + place.pause_s + spread_s

    async def _ask(self, place: _Watched) -> None:
        wanted, asked_at = place.wanted, self.clock.now()
        head = SeenDevice(
            device_id=wanted.device_id,
            asked_at=asked_at,
            asked_total=wanted.asked_total,
            answer="silent",
        )
        try:
            target = place.target = place.target or await self._target(wanted)
            began_s = self.monotonic()
            is_counting = began_s >= place.counting_due_s
            report = await self.asking(target, replace(LIMITS, counts_faults=is_counting))
        except (CollectorError, NotOpened, MalformedHost, OSError) as exc:
            self._failed(place, head, exc)
            return
        polled = Polled(replace(report, poe=place.faults.judged(report.poe)), began_s)
        if is_counting:
            place.counts.take(report, began_s)
            place.counting_due_s = began_s + FAULTS_EVERY_S
        seen = seen_device.seen(
            head, polled, place.polled, answered_at=asked_at, counts=place.counts
        )
        self._tell(place, seen)
        place.polled, place.seen, place.pause_s = polled, seen, INTERVAL_S

    def _failed(self, place: _Watched, head: SeenDevice, exc: Exception) -> None:
        answer = _answer(exc)
        old = place.seen or head
        seen = msgspec.structs.replace(
            old, asked_at=head.asked_at, asked_total=head.asked_total, answer=answer
        )
        self._tell(place, seen)
        place.seen, place.polled = seen, None
        place.pause_s = min(place.pause_s * 2, LONGEST_INTERVAL_S)

    async def _target(self, wanted: WantedDevice) -> DeviceTarget:
        """Return whom to ask.

        Raises:
            NotOpened: nothing is sealed to this point's key, or nothing usable.
            MalformedHost: the address is none.
        """
        secrets = await self.opening(wanted, self.point_id, self.key_file)
        credentials = credentials_of(secrets)
        return DeviceTarget(hosts.address(wanted.address), credentials, wanted.port)

    def _tell(self, place: _Watched, seen: SeenDevice) -> None:
        """Write a line whenever a device begins or ends to answer."""
        if place.seen is None or place.seen.answer != seen.answer:
            _log.info("snmp_device", device=seen.device_id, answer=seen.answer)

    def _report(self, now_s: float) -> None:
        if not self.is_connected():
            return
        shown = [one.seen for one in self._places.values() if one.seen is not None]
        is_whole = len(shown) == len(self._places)
        shown += self.beside()
        is_metered = self.is_metered()
        if self._news.take(shown, is_whole=is_whole, is_metered=is_metered, now_s=now_s):
            self.took(seen_device.body_of(shown, is_metered=is_metered))
            for place in self._places.values():
                if place.seen is not None and place.seen.answer == "answers":
                    place.counts.clear()
                    place.seen = seen_device.without_counts(place.seen)


def _answer(exc: Exception) -> DeviceAnswer:
    match exc:
        case NotOpened():
            return "no_secret"
        case UserRefused():
            return "refused"
        case DeviceUnreadable() | MalformedHost():
            return "unreadable"
        case DeviceSilent() | _:
            return "silent"
