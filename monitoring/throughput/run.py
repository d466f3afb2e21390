"""A throughput test from the point: idle round trips, then up and down, each for some seconds.

It ends within a quarter of a second of `may_go_on` saying no: connections are reset, so that
nothing that waits in the kernel follows.
"""

import asyncio
import contextlib
import os
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from contracts.throughput import TestReason, ThroughputWay
from monitoring.errors import CollectorError, MalformedProbe
from monitoring.listeners.target import ProbeTarget, open_channel
from monitoring.throughput import wire
from monitoring.throughput.channel import CHUNK_BYTES, fill_the_line, read_exactly
from monitoring.throughput.figures import WARM_UP_S, joined, middle_ms, rate_of
from monitoring.throughput.round_trips import RoundTrips
from monitoring.throughput.wire import DoorVerdict, Way

IDLE_S = 1.2
SETTLE_S = 1.0
"""Between the ways: what the first has left in queues is let out."""
CONNECT_LIMIT_S = 4.0
SUMMARY_LIMIT_S = 8.0
"""What waits in queues has to arrive before it."""
LOOK_EVERY_S = 0.2
_RESET = struct.pack("ii", 1, 0)
_VERDICTS: dict[DoorVerdict, tuple[TestReason, str]] = {
    DoorVerdict.NOT_NOW: ("late", "the reflector says that the pass is not of this time"),
    DoorVerdict.BUSY: ("busy", "the reflector has other tests under way"),
    DoorVerdict.USED_UP: ("late", "the reflector says that this test was made already"),
}


class TestRefused(CollectorError):
    """The test was not let in, or could not be begun."""

    __test__ = False

    def __init__(self, reason: TestReason, problem: str) -> None:
        self.reason = reason
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the centre allows: the pass, and how long and how much each way."""

    passed: bytes
    duration_s: float
    most_bytes: int


@dataclass(slots=True)
class LineMeasured:
    """What is known so far; also of a test that was stopped."""

    idle_rtt_ms: float | None = None
    up: ThroughputWay | None = None
    down: ThroughputWay | None = None
    is_stopped: bool = False


async def measure(
    target: ProbeTarget, allowance: Allowance, may_go_on: Callable[[], bool]
) -> LineMeasured:
    """Make one test.

    Raises:
        TestRefused: it was not let in.
        CollectorError: there is no way to the reflector, or it went away meanwhile.
    """
    measured = LineMeasured()
    work = asyncio.create_task(_measure(target, allowance, measured), name="line-test")
    try:
        while not work.done():
            if not may_go_on():
                measured.is_stopped = True
                return measured
            await asyncio.wait({work}, timeout=LOOK_EVERY_S)
        work.result()
    except MalformedProbe as exc:
        raise CollectorError(str(exc)) from exc
    except OSError as exc:
        raise CollectorError(f"the connection was lost: {exc.strerror or exc}") from exc
    finally:
        work.cancel()
        await asyncio.wait({work})
    return measured


async def _measure(target: ProbeTarget, allowance: Allowance, measured: LineMeasured) -> None:
    with await open_channel(target) as channel:
        trips = RoundTrips(channel, target)
        probing = asyncio.create_task(trips.run(), name="line-test-probes")
        try:
            began_s = time.monotonic()
            await asyncio.sleep(IDLE_S)
            measured.idle_rtt_ms = middle_ms(trips.between(began_s, time.monotonic()))
            where = channel.getpeername()
            measured.up = await _one_way(where, target, allowance, Way.UP, trips)
            await asyncio.sleep(SETTLE_S)
            measured.down = await _one_way(where, target, allowance, Way.DOWN, trips)
        finally:
            probing.cancel()
            await asyncio.wait({probing})


async def _one_way(
    where: tuple[Any, ...],
    target: ProbeTarget,
    allowance: Allowance,
    way: Way,
    trips: RoundTrips,
) -> ThroughputWay:
    async with _connections(where, target, allowance, way) as doors:
        began_s = time.monotonic()
        ends_s = began_s + allowance.duration_s
        if way is Way.UP:
            left = _Left(allowance.most_bytes)
            works = [_send(one, nonce, target.key, left, ends_s) for one, nonce in doors]
        else:
            works = [_receive(one, began_s, ends_s) for one, _ in doors]
        bins, was_held_back = await _together(works)
    # Of what was sent late the answers are still in the queue.
    lasted_s = len(bins) * wire.BIN_S
    warm_s, full_s = began_s + min(WARM_UP_S, lasted_s / 2), min(ends_s, began_s + lasted_s)
    rate = rate_of(bins, was_held_back=was_held_back)
    return ThroughputWay(
        rate_bps=rate.bps if rate else None,
        is_at_least=bool(rate and rate.is_at_least),
        test_bytes=sum(bins),
        rtt_ms=middle_ms(trips.between(warm_s, full_s)),
    )


async def _together(
    works: list[Coroutine[Any, Any, tuple[list[int], bool]]],
) -> tuple[list[int], bool]:
    """Return what came by all connections; one that is lost ends them all.

    Raises:
        OSError, MalformedProbe: the first that was lost, or spoke otherwise.
    """
    tasks = [asyncio.create_task(one, name="line-test-connection") for one in works]
    try:
        found = await asyncio.gather(*tasks)
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.wait(tasks)
    return joined(bins for bins, _ in found), any(held for _, held in found)


@asynccontextmanager
async def _connections(
    where: tuple[Any, ...], target: ProbeTarget, allowance: Allowance, way: Way
) -> AsyncIterator[list[tuple[socket.socket, bytes]]]:
    """Open all connections, and say hello on each; reset them at the end.

    Raises:
        TestRefused: the reflector did not let the test in, or is not there.
    """
    opened: list[tuple[socket.socket, bytes]] = []
    try:
        for _ in range(wire.CONNECTIONS):
            channel = socket.socket(
                socket.AF_INET6 if len(where) > 2 else socket.AF_INET, socket.SOCK_STREAM
            )
            opened.append((channel, b""))
            channel.setblocking(False)
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            fill_the_line(channel)
            opened[-1] = (channel, await _let_in(channel, where, target, allowance, way))
        yield opened
    finally:
        for channel, _ in opened:
            channel.close()


async def _let_in(
    channel: socket.socket,
    where: tuple[Any, ...],
    target: ProbeTarget,
    allowance: Allowance,
    way: Way,
) -> bytes:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(CONNECT_LIMIT_S):
            await loop.sock_connect(channel, where)
            nonce = await read_exactly(channel, wire.NONCE_BYTES)
            hello = wire.encode_hello(allowance.passed, way, nonce, target.key)
            await loop.sock_sendall(channel, hello)
            verdict = DoorVerdict((await read_exactly(channel, 1))[0])
    except (OSError, TimeoutError, ValueError) as exc:
        why = str(exc) or "nothing answers"
        problem = f"no test by TCP at {target.host} port {target.port}: {why}"
        raise TestRefused("reflector", problem[:400]) from exc
    if verdict is not DoorVerdict.WELCOME:
        raise TestRefused(*_VERDICTS[verdict])
    return nonce


@dataclass(slots=True)
class _Left:
    """What all connections of one way may still send."""

    count: int

    def take(self, wanted: int) -> int:
        taken = min(wanted, self.count)
        self.count -= taken
        return taken


async def _send(
    channel: socket.socket, nonce: bytes, key: bytes, left: _Left, ends_s: float
) -> tuple[list[int], bool]:
    """Send until its time or bytes are over; return what the reflector says has come when."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ends_s - time.monotonic()):
            while size := left.take(CHUNK_BYTES):
                await loop.sock_sendall(channel, os.urandom(size))
    channel.shutdown(socket.SHUT_WR)
    async with asyncio.timeout(SUMMARY_LIMIT_S):
        head = await read_exactly(channel, wire.SUMMARY_HEAD_BYTES)
        rest = await read_exactly(channel, wire.summary_bytes(head))
    return wire.decode_summary(head + rest, nonce, key)


async def _receive(channel: socket.socket, began_s: float, ends_s: float) -> tuple[list[int], bool]:
    """Count what comes in each tenth of a second, until time or bytes are over."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(channel, wire.GO)
    bins = [0]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ends_s - time.monotonic()):
            while came := len(await loop.sock_recv(channel, CHUNK_BYTES)):
                place = int((time.monotonic() - began_s) / wire.BIN_S)
                bins.extend([0] * (place + 1 - len(bins)))
                bins[place] += came
    return bins, False
