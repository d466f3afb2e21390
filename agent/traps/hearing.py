"""Who is heard: the devices of the list, each by what proves it; everybody else is counted."""

import asyncio
import ipaddress
import socket
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from agent.point import device_secrets
from agent.point.device_credentials import credentials_of
from agent.traps.engine_file import TrapEngine
from agent.traps.source import TrapSource
from contracts.devices import SeenTrap, TrapKind, WantedDevice
from contracts.ids import PointId
from monitoring import udp
from monitoring.collectors.snmp.target import Community, UserKeys
from monitoring.errors import LibraryFailed
from monitoring.listeners.traps.meaning import meaning
from monitoring.listeners.traps.trap import Trap
from runtime.errors import NotOpened
from runtime.guard import guarded

if TYPE_CHECKING:
    from monitoring.listeners.traps.receiver import Confirm, TrapReceiver

_log = structlog.get_logger()

MOST_WAITING = 64

Tell = Callable[[SeenTrap, float, Callable[[], None]], None]


@dataclass(slots=True)
class _Heard:
    """One device of the list, and what proves it."""

    device_id: str
    credentials: Community | UserKeys
    receiver: "TrapReceiver"


@dataclass(slots=True)
class _Sender:
    """One address, from which more than one device may speak; `waiting`: not looked into yet.

    `unstored`: what is not on the disk yet, and not confirmed.
    """

    source: TrapSource = field(default_factory=TrapSource)
    devices: list[_Heard] = field(default_factory=list)
    waiting: deque[tuple[socket.socket, udp.Datagram, float]] = field(default_factory=deque)
    unstored: set[tuple[str, int]] = field(default_factory=set)


class DeviceHearing:
    """Sorts datagrams and looks into them, each address in its turn. `run` is a task."""

    def __init__(self, point_id: PointId, key_file: Path, engine: TrapEngine, tell: Tell) -> None:
        self._point_id, self._key_file, self._engine, self._tell = point_id, key_file, engine, tell
        self._places: dict[str, _Sender] = {}
        self._has_work = asyncio.Event()
        self._counts: Counter[str] = Counter()

    @property
    def totals(self) -> dict[str, int]:
        """What became of all datagrams so far."""
        return dict(self._counts)

    async def hear(self, wanted: Iterable[WantedDevice]) -> None:
        """Hear these devices and no others from now on."""
        before = {one.device_id: one for place in self._places.values() for one in place.devices}
        after: dict[str, list[_Heard]] = {}
        for device in wanted:
            with guarded("device", device=device.device_id):
                heard = await self._heard(device, before.get(device.device_id))
                if heard is not None:
                    after.setdefault(_address(device.address), []).append(heard)
        self._places = {address: self._places.get(address) or _Sender() for address in after}
        for address, devices in after.items():
            self._places[address].devices = devices
        _log.info("devices_heard", devices=sum(map(len, after.values())))

    def take(self, listening: socket.socket, datagram: udp.Datagram, *, now_s: float) -> None:
        """Put a datagram to those of its address, or count it."""
        address = datagram.source[0]
        place = self._places.get(_address(address)) if address else None
        if not datagram.payload:
            self._counts["unreadable"] += 1
        elif place is None:
            self._counts["strangers"] += 1
        elif not place.source.admits(now_s=now_s) or len(place.waiting) >= MOST_WAITING:
            self._counts["left_out"] += 1
        else:
            place.waiting.append((listening, datagram, now_s))
            self._has_work.set()

    async def run(self) -> None:
        """Look into what waits, for ever: one of each address, and each time the socket."""
        while True:
            await self._has_work.wait()
            self._has_work.clear()
            for place in [one for one in self._places.values() if one.waiting]:
                with guarded("trap"):
                    self._look_into(place, *place.waiting.popleft())
                if place.waiting:
                    self._has_work.set()
                await asyncio.sleep(0)

    def tick(self, *, now_s: float) -> None:
        """Tell what is told as a number alone; to be called once a second."""
        for place in self._places.values():
            for device in place.devices:
                device.receiver.tick()
            device_id = place.devices[0].device_id
            self._tell_number(device_id, "left_out", place.source.left_out.due(now_s=now_s), now_s)
            refused = place.source.not_proved.due(now_s=now_s)
            self._tell_number(device_id, "not_proved", refused, now_s)

    def _tell_number(self, device_id: str, kind: TrapKind, count: int, now_s: float) -> None:
        if count:
            _log.warning("traps_not_told", device=device_id, why=kind, count=count)
            self._tell(SeenTrap(device_id=device_id, kind=kind, count=count), now_s, _nothing)

    def _look_into(
        self, place: _Sender, listening: socket.socket, datagram: udp.Datagram, seen_s: float
    ) -> None:
        from monitoring.listeners.traps.receiver import Came

        def answer(message: bytes) -> None:
            udp.send(listening, message, datagram.source)

        came, refusals = Came.REFUSED, list[bytes]()
        for device in place.devices:
            device.receiver.took = partial(self._took, place, device.device_id, seen_s)
            came = device.receiver.receive(datagram.payload, answer, refusals.append)
            if came is not Came.REFUSED:
                break
        else:
            place.source.not_proved.count += 1
            for refusal in refusals[:1]:
                answer(refusal)
        self._counts[came.value] += 1

    def _took(
        self, place: _Sender, device_id: str, seen_s: float, trap: Trap, confirm: "Confirm | None"
    ) -> None:
        said, key = meaning(trap), (device_id, trap.key)

        def stored() -> None:
            place.unstored.discard(key)
            if confirm is not None:
                confirm()

        if place.source.is_news(device_id, trap, said, now_s=seen_s):
            place.unstored.add(key)
            seen = SeenTrap(
                device_id=device_id, kind=said.kind, oid=said.oid, index=said.index,
                name=said.name, text=said.text,
            )  # fmt: skip
            self._tell(seen, seen_s, stored)
        elif key not in place.unstored:
            stored()

    async def _heard(self, device: WantedDevice, before: _Heard | None) -> _Heard | None:
        try:
            secrets = device_secrets.unsealed(device, self._point_id, self._key_file)
            credentials = credentials_of(secrets)
        except NotOpened:
            _log.warning("device_not_heard", device=device.device_id, why="no_secret")
            return None
        if before is not None and before.credentials == credentials:
            return before
        if not _is_whole(credentials):
            _log.warning("device_not_heard", device=device.device_id, why="keys_missing")
            return None
        try:
            receiver = await asyncio.to_thread(self._new, credentials)
        except LibraryFailed as exc:
            _log.warning("device_not_heard", device=device.device_id, why=exc.error)
            return None
        return _Heard(device.device_id, credentials, receiver)

    def _new(self, credentials: Community | UserKeys) -> "TrapReceiver":
        # Most points have no device, and the library has its weight.
        from monitoring.listeners.traps.receiver import TrapReceiver

        return TrapReceiver(credentials, self._engine.engine_id, self._engine.boots)


def _is_whole(credentials: Community | UserKeys) -> bool:
    """Whether it is a word, or a user with both keys: without them anybody could be it."""
    if isinstance(credentials, Community):
        return True
    return bool(credentials.auth_key and credentials.priv_key)


@lru_cache(maxsize=1024)
def _address(text: str) -> str:
    """Return an address as it is compared: IPv4 as such, also on a socket of both families."""
    address = ipaddress.ip_address(text.partition("%")[0])
    return str(getattr(address, "ipv4_mapped", None) or address)


def _nothing() -> None:
    return None
