"""The TCP door shares a loop with the answers to probes: it may not keep it for itself."""

import asyncio
import socket

from monitoring.throughput.door import ThroughputDoor
from monitoring.throughput.knocking import MOST_OF_ONE
from tests.fakes.mosquitto import free_port
from tests.waiting import until

STRANGERS = 40


async def test_strangers_who_come_all_at_once_leave_the_loop_to_others():
    door, port = ThroughputDoor(b"m" * 32, most_bps=10_000_000, most_tests=1), free_port()
    running = asyncio.create_task(door.run("127.0.0.1", port))
    held = [socket.socket() for _ in range(MOST_OF_ONE + STRANGERS)]
    try:
        await until(lambda: _connected(held[0], port))
        for one in held[1:]:  # the kernel takes them while the loop stands
            one.connect(("127.0.0.1", port))
        # For each that comes the one that has waited longest goes.
        assert await _turns_until_closed(held[STRANGERS - 1]) >= STRANGERS
    finally:
        running.cancel()
        await asyncio.wait({running})
        for one in held:
            one.close()


async def _turns_until_closed(one: socket.socket) -> int:
    loop, turns = asyncio.get_running_loop(), 0
    is_over = asyncio.Event()

    def turn() -> None:
        nonlocal turns
        turns += 1
        if _is_closed(one):
            is_over.set()
        else:
            loop.call_soon(turn)

    loop.call_soon(turn)
    await is_over.wait()
    return turns


def _connected(one: socket.socket, port: int) -> bool:
    return one.connect_ex(("127.0.0.1", port)) == 0


def _is_closed(one: socket.socket) -> bool:
    try:
        return one.recv(64, socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True
