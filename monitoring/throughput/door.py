"""The reflector's TCP port: bytes for throughput tests, to whom the centre allowed them.

All tests together are held to one rate, so that the centre's own line stays free for others.
"""

import asyncio
import contextlib
import os
import socket
import time

import structlog

from monitoring.errors import MalformedProbe
from monitoring.reflector.probe import point_key
from monitoring.throughput import wire
from monitoring.throughput.admission import GRACE_S, Admission, WayUsed
from monitoring.throughput.channel import CHUNK_BYTES, fill_the_line, read_exactly
from monitoring.throughput.knocking import Knocking
from monitoring.throughput.wire import DoorVerdict, TestPass, Way
from runtime import listening
from runtime.guard import start
from runtime.limits import TokenBucket

HELLO_LIMIT_S = 5.0
HELD_BACK_S = 0.01
BACKLOG = 64
ACCEPT_AGAIN_S = 0.2
_log = structlog.get_logger()


class ThroughputDoor:
    """Lets tests in, one task a connection."""

    def __init__(self, master: bytes, *, most_bps: int, most_tests: int) -> None:
        self._master = master
        self._admission = Admission(most_tests=most_tests)
        per_s = most_bps / 8
        self._bucket = TokenBucket(per_s=per_s, burst=max(per_s / 5, 2.0 * CHUNK_BYTES))
        self._knocking: Knocking[socket.socket] = Knocking()

    @property
    def totals(self) -> dict[str, int]:
        """How many connections got which answer, and how many were let go without one."""
        totals = {f"test_{v.name.lower()}": n for v, n in self._admission.totals.items()}
        let_go = self._knocking.let_go_total
        return totals | ({"test_let_go": let_go} if let_go else {})

    async def run(self, host: str, port: int) -> None:
        """Take connections until cancelled.

        Raises:
            PortInUse: another program has the port.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setblocking(False)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listening.bind(listener, host, port)
        with listener:
            listener.listen(BACKLOG)
            _log.info("throughput_listening", bind=host, port=port)
            async with asyncio.TaskGroup() as tasks:
                await self._accept(listener, tasks)

    async def _accept(self, listener: socket.socket, tasks: asyncio.TaskGroup) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                channel, address = await loop.sock_accept(listener)
            except OSError as exc:  # no more files may be open: others close theirs
                _log.warning("connection_not_taken", error=str(exc))
                await asyncio.sleep(ACCEPT_AGAIN_S)
                continue
            channel.setblocking(False)
            goes = self._knocking.come(channel, str(address[0]))
            if goes is not None:
                with contextlib.suppress(OSError):  # it has gone by itself
                    goes.shutdown(socket.SHUT_RDWR)  # and its task ends
            start(tasks, self._serve(channel), kind="throughput")
            await _let_others_run()

    async def _serve(self, channel: socket.socket) -> None:
        with channel:
            nonce = os.urandom(wire.NONCE_BYTES)
            try:
                async with asyncio.timeout(HELLO_LIMIT_S):
                    passed, way = await self._hello(channel, nonce)
            except (MalformedProbe, OSError, TimeoutError):
                return
            finally:
                self._knocking.leave(channel)
            wall_s, now_s = time.time(), time.monotonic()
            used = self._admission.enter(passed, way, wall_s=wall_s, now_s=now_s)
            verdict = used if isinstance(used, DoorVerdict) else DoorVerdict.WELCOME
            with contextlib.suppress(OSError):
                channel.send(bytes([verdict.value]))
            if isinstance(used, DoorVerdict):
                _log.info("test_refused", probe_id=passed.probe_id, verdict=used.name)
                return
            try:
                with contextlib.suppress(OSError, TimeoutError):
                    async with asyncio.timeout(passed.most_ms / 1000 + 2 * GRACE_S):
                        await self._carry(channel, passed, way, used, nonce)
            finally:
                self._admission.leave(passed)

    async def _hello(self, channel: socket.socket, nonce: bytes) -> tuple[TestPass, Way]:
        await asyncio.get_running_loop().sock_sendall(channel, nonce)
        hello = await read_exactly(channel, wire.HELLO_BYTES)
        return wire.decode_hello(hello, nonce, self._master)

    async def _carry(
        self, channel: socket.socket, passed: TestPass, way: Way, used: WayUsed, nonce: bytes
    ) -> None:
        if way is Way.DOWN:
            await self._send(channel, used)
            return
        bins, was_held_back = await self._count(channel, used)
        key = point_key(self._master, passed.probe_id)
        summary = wire.encode_summary(bins, was_held_back=was_held_back, nonce=nonce, key=key)
        await asyncio.get_running_loop().sock_sendall(channel, summary)

    async def _send(self, channel: socket.socket, used: WayUsed) -> None:
        loop = asyncio.get_running_loop()
        await read_exactly(channel, len(wire.GO))
        fill_the_line(channel)
        while size := used.allowed(CHUNK_BYTES, now_s=time.monotonic() + GRACE_S):
            used.spend(size)
            await self._wait_for_room(size)
            await _let_others_run()
            await loop.sock_sendall(channel, os.urandom(size))

    async def _count(self, channel: socket.socket, used: WayUsed) -> tuple[list[int], bool]:
        """Return what came in each tenth of a second; the sender ends it, or what it may use."""
        loop = asyncio.get_running_loop()
        bins, was_held_back = [0], False
        while used.allowed(1, now_s=time.monotonic()):
            came = len(await loop.sock_recv(channel, CHUNK_BYTES))
            if not came:
                break
            now_s = time.monotonic()
            place = min(int((now_s - used.began_s) / wire.BIN_S), wire.MAX_BINS - 1)
            bins.extend([0] * (place + 1 - len(bins)))
            bins[place] += came
            used.spend(came)
            was_held_back |= await self._wait_for_room(came)
            await _let_others_run()
        return bins, was_held_back

    async def _wait_for_room(self, size: int) -> bool:
        """Wait until so many bytes may go or come; return whether that took time."""
        has_waited = False
        while not self._bucket.take(now_s=time.monotonic(), amount=size):
            has_waited = True
            await asyncio.sleep(HELD_BACK_S)
        return has_waited


async def _let_others_run() -> None:
    """Give the loop a turn: what a socket has ready is returned without one, and probes wait."""
    await asyncio.sleep(0)
