"""Whoever is asked and sends anything else without end is silent, and does not hold the loop."""

import asyncio
import contextlib
import socket

import pytest

from monitoring import udp
from monitoring.collectors import icmp
from monitoring.collectors.dns import DnsCollector
from monitoring.listeners.bandwidth import train_answer
from monitoring.listeners.target import ProbeTarget


class Babbling(asyncio.DatagramProtocol):
    """A name server that sends so much else before it answers."""

    def __init__(self, others):
        self.others = others

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        for _ in range(self.others):
            self.transport.sendto(b"something else", addr)
        self.transport.sendto(data[:2] + b"\x81\x80" + data[4:], addr)


@pytest.mark.parametrize(
    ("others", "said"), [(udp.MOST_HEARD - 1, "answers"), (udp.MOST_HEARD, "silent")]
)
async def test_a_name_server(tmp_path, others, said):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/resolv.conf").write_text("nameserver 127.0.0.1\n")
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: Babbling(others), local_addr=("127.0.0.1", 0)
    )
    with contextlib.closing(transport):
        port = transport.get_extra_info("sockname")[1]
        found = await DnsCollector(tmp_path, "hop.laocai.example", port=port).collect()
    assert [one.answer for one in found.resolvers] == [said]


@pytest.mark.parametrize("others", [udp.MOST_HEARD - 1, udp.MOST_HEARD])
async def test_a_gateway(others):
    token = b"12345678"
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gateway,
    ):
        ours.bind(("127.0.0.1", 0))
        ours.setblocking(False)
        for packet in [b"something else"] * others + [bytes(8) + token]:
            gateway.sendto(packet, ours.getsockname())
        is_silent = others == udp.MOST_HEARD
        with pytest.raises(TimeoutError) if is_silent else contextlib.nullcontext():
            await icmp._answer(ours, token, reply_kind=0, is_raw=False)


async def test_a_reflector_that_floods_us_ends_its_train():
    target = ProbeTarget("127.0.0.1", 1, 1, b"key")
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reflector,
    ):
        ours.bind(("127.0.0.1", 0))
        ours.setblocking(False)
        for _ in range(udp.MOST_HEARD):
            reflector.sendto(b"something else", ours.getsockname())
        with pytest.raises(TimeoutError):
            await train_answer(ours, target, 7)
