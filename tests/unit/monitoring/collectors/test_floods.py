"""Whoever is asked and sends anything else without end is silent, and does not hold the loop."""

import asyncio
import contextlib
import socket

import pytest

from monitoring.collectors import dns, icmp
from monitoring.collectors.dns import DnsCollector


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
    ("others", "said"), [(dns.MOST_HEARD - 1, "answers"), (dns.MOST_HEARD, "silent")]
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


@pytest.mark.parametrize("others", [icmp.MOST_HEARD - 1, icmp.MOST_HEARD])
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
        is_silent = others == icmp.MOST_HEARD
        with pytest.raises(TimeoutError) if is_silent else contextlib.nullcontext():
            await icmp._answer(ours, token, reply_kind=0, is_raw=False)
