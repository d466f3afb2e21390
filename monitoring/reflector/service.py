"""The reflector process: answers the points' line probes."""

import asyncio
import math
import socket
import time
from functools import lru_cache, partial

import structlog

from monitoring import udp
from monitoring.reflector.probe import MAX_DATAGRAM_BYTES, point_key
from monitoring.reflector.reflection import ProbeOutcome, Reflection, Reply, StampReply
from monitoring.reflector.seen_sources import SeenSources
from monitoring.reflector.settings import ReflectorSettings
from monitoring.stamp.stamp_clock import StampClock
from monitoring.stamp.wire import ErrorEstimate, estimate_of
from monitoring.throughput.door import ThroughputDoor
from runtime import notify
from runtime.errors import SettingsError
from runtime.guard import guarded, keep
from runtime.kernel_clock import read_kernel_time
from runtime.os_fault import reasons

_log = structlog.get_logger()

KEY_BYTES = 32
AT_ONCE = 64
"""Datagrams taken before the event loop has another turn."""
TICK_S = 0.1
CLOCK_LOOK_EVERY_S = 10.0


def read_key(settings: ReflectorSettings) -> bytes:
    """Return the master key.

    Raises:
        SettingsError: the file cannot be read, or holds no key.
    """
    path = settings.key_file
    try:
        key = path.read_bytes()
    except OSError as exc:
        vi, en = reasons(exc)
        said, vi = f"cannot be read ({en})", f"không đọc được tệp khóa ({vi})"
        raise SettingsError(path, "key_file", said, vietnamese=vi) from exc
    if len(key) != KEY_BYTES:
        said = f"expected {KEY_BYTES} bytes, found {len(key)}"
        raise SettingsError(path, "key_file", said, vietnamese="khóa không đúng độ dài")
    return key


class Reflector:
    """Moves datagrams between the socket and the core."""

    def __init__(self, settings: ReflectorSettings, key: bytes) -> None:
        self._settings = settings
        key_of = lru_cache(maxsize=4096)(lambda probe_id: point_key(key, probe_id))
        self._sources = SeenSources(settings.seen_file)
        self._reflection = Reflection(key_of, settings.limits.limits(), self._sources.heard)
        self._clock = StampClock(wall_ns=time.time_ns(), monotonic_ns=time.monotonic_ns())
        self._error = ErrorEstimate()
        self._socket: socket.socket | None = None
        self._logged: dict[str, int] = {}
        tests = settings.line_tests
        self._door = ThroughputDoor(
            key, most_bps=round(tests.most_mbps * 1e6), most_tests=tests.at_once
        )

    @property
    def totals(self) -> dict[ProbeOutcome, int]:
        """What became of all datagrams so far."""
        return dict(self._reflection.totals)

    @property
    def port(self) -> int:
        """The port it listens on, once it does."""
        return int(self._socket.getsockname()[1]) if self._socket else self._settings.port

    async def run(self) -> None:
        """Answer until cancelled.

        Raises:
            PortInUse: another program has the port.
        """
        loop = asyncio.get_running_loop()
        self._socket = udp.open_socket(self._settings.bind, self._settings.port)
        loop.add_reader(self._socket, self._readable, self._socket)
        _log.info("reflector_listening", bind=self._settings.bind, port=self.port)
        notify.ready()
        try:
            async with asyncio.TaskGroup() as parts:
                if self._settings.line_tests.at_once:
                    door = partial(self._door.run, self._settings.bind, self.port)
                    keep(parts, door, name="throughput")
                keep(parts, self._sources.run, name="sources")
                await self._keep_ticking(self._socket)
        finally:
            loop.remove_reader(self._socket)
            self._log_totals()
            self._socket.close()

    async def _keep_ticking(self, open_socket: socket.socket) -> None:
        next_log_s = time.monotonic() + self._settings.totals_interval_s
        next_look_s = -math.inf
        while True:
            await asyncio.sleep(TICK_S)
            now_s = time.monotonic()
            if now_s >= next_look_s:
                next_look_s = now_s + CLOCK_LOOK_EVERY_S
                self._error = self._estimate()
            with guarded("train"):
                for reply in self._reflection.due(now_s):
                    _send(open_socket, reply)
            if now_s >= next_log_s:
                next_log_s = now_s + self._settings.totals_interval_s
                self._log_totals()
            notify.watchdog()

    def _readable(self, open_socket: socket.socket) -> None:
        for _ in range(AT_ONCE):
            with guarded("datagram"):
                datagram = udp.receive(open_socket, MAX_DATAGRAM_BYTES)
                if datagram is None:
                    return
                self._answer(open_socket, datagram)

    def _answer(self, open_socket: socket.socket, datagram: udp.Datagram) -> None:
        now_ns = time.monotonic_ns()
        reply = self._reflection.answer_to(
            datagram.payload,
            datagram.source,
            arrived_ns=self._clock.arrival(
                datagram.arrived_ns, wall_ns=time.time_ns(), monotonic_ns=now_ns
            ),
            now_s=now_ns / 1e9,
            ttl=datagram.ttl,
        )
        if isinstance(reply, StampReply):
            sent_ns = self._clock.at(time.monotonic_ns())
            udp.send(open_socket, reply.datagram(sent_ns=sent_ns, error=self._error), reply.to)
        elif reply is not None:
            _send(open_socket, reply)

    def _estimate(self) -> ErrorEstimate:
        """Return how true the stamps are, as far as the kernel knows."""
        return estimate_of(
            self._clock.error_ns(
                read_kernel_time().known_error_ns,
                wall_ns=time.time_ns(),
                monotonic_ns=time.monotonic_ns(),
            )
        )

    def _log_totals(self) -> None:
        totals = {key.value: count for key, count in self.totals.items()} | self._door.totals
        if totals != self._logged:
            self._logged = totals
            _log.info("reflector_totals", **totals)


def _send(open_socket: socket.socket, reply: Reply) -> None:
    for datagram in (reply.datagram, *reply.train):
        udp.send(open_socket, datagram, reply.to)
