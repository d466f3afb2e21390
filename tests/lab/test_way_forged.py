"""Errors that send back the ports alone: of strangers who know them, and of routers that are so."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from monitoring.listeners import way_tracer
from monitoring.way.trace import Traced, TraceLimits, WayEnd

pytestmark = pytest.mark.namespace  # raw sockets need root

OWN, FAR, ROUTER = "127.0.0.1", "127.0.0.5", "198.51.100.66"
SOON = TraceLimits(hops=4, wait_s=0.3, pace_s=0.02, whole_s=3)


def checksum(data: bytes) -> int:
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def short_error(source_port: int, port: int) -> bytes:
    """Return "time exceeded" of a router with the IP header and eight bytes (RFC 792)."""

    def header(size: int, protocol: int, source: str, to: str) -> bytes:
        ends = socket.inet_aton(source), socket.inet_aton(to)
        return struct.pack("!BBHHHBBH4s4s", 0x45, 0, size, 0, 0, 64, protocol, 0, *ends)

    quoted = header(68, 17, OWN, FAR) + struct.pack("!HHHH", source_port, port, 48, 0)
    body = struct.pack("!BBHI", 11, 0, 0, 0) + quoted
    body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
    return header(20 + len(body), 1, ROUTER, OWN) + body


@contextmanager
def far_machine(*, is_blind: bool) -> Iterator[int]:
    """Return a port where nobody answers, but an error comes back of the packets that came there.

    Args:
        is_blind: who sends it does not see them, and knows the usual ports.
    """
    over = threading.Event()
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener,
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw,
    ):
        listener.bind((FAR, 0))
        listener.settimeout(0.02)
        port = int(listener.getsockname()[1])

        def send_errors() -> None:
            while not over.is_set():
                came = None
                try:
                    _, (_, came) = listener.recvfrom(2048)
                except TimeoutError:
                    pass
                if came is not None or is_blind:
                    to = way_tracer.SOURCE_PORT if is_blind else came
                    raw.sendto(short_error(to or 0, port), (OWN, 0))

        sender = threading.Thread(target=send_errors)
        sender.start()
        try:
            yield port
        finally:
            over.set()
            sender.join()


async def traced(port: int) -> Traced:
    address = (socket.AF_INET, (FAR, port))
    return await way_tracer.trace(address, way_tracer.PlainQuestions(), SOON)


async def test_an_error_of_who_only_knows_the_usual_ports_is_no_hop():
    with far_machine(is_blind=True) as port:
        found = await traced(port)
    assert found.ending is WayEnd.SILENT
    assert not any(hop.addresses for hop in found.hops)


async def test_routers_that_send_back_no_more_than_the_ports_are_seen():
    with far_machine(is_blind=False) as port:
        found = await traced(port)
    assert {hop.address for hop in found.hops} == {ROUTER}
    assert [hop.sent for hop in found.hops] == [3] * SOON.hops
