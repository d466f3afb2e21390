"""The prober's target may change while a socket to the former one is being opened."""

import asyncio
import socket

from monitoring.listeners import line_prober
from monitoring.listeners.target import ProbeTarget


async def test_a_socket_to_a_former_target_is_closed(monkeypatch):
    asked, may_go_on, opened = asyncio.Event(), asyncio.Event(), []

    async def slow(target):
        del target
        asked.set()
        await may_go_on.wait()
        opened.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        return opened[0]

    monkeypatch.setattr(line_prober, "open_channel", slow)
    former, present = (ProbeTarget("127.0.0.1", 9, number, b"key") for number in (1, 2))
    prober = line_prober.LinkProber()
    prober.configure(former, per_s=1)
    opening = asyncio.create_task(prober._open(former))
    await asked.wait()
    prober.configure(present, per_s=1)
    may_go_on.set()
    assert not await opening
    assert opened[0].fileno() == -1
    assert prober._channel is None
