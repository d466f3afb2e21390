"""Who may have media over TLS: a session that is there, and frames of a datagram's size."""

import asyncio
import socket
from types import SimpleNamespace

from media.relay.media_tunnel import DATAGRAMS_BURST, MediaTunnel, MediaTunnels
from media.wire.framing import MAX_FRAME, framed
from runtime.tls import client_context
from tests.fakes.relay import start_relay
from tests.waiting import until


async def answer_to(relay, path, asked="diemcau-media"):
    context = client_context(relay.pki.ca_file)
    reader, writer = await asyncio.open_connection(relay.address, relay.https_port, ssl=context)
    head = f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: {asked}\r\n\r\n"
    writer.write(head.encode())
    try:
        return (await asyncio.wait_for(reader.readline(), 5)).split()[1]
    finally:
        writer.close()


async def test_a_session_that_is_not_there_has_no_way_over_tls(tmp_path):
    async with start_relay(tmp_path) as relay:
        for path in ("/session/nobodys/media", "/session/a/b/media", "/whip/m1", "/"):
            assert await answer_to(relay, path) == b"404"
        assert await answer_to(relay, "/healthz", "websocket") == b"200"  # passed over


async def test_what_goes_over_tls_is_counted(tmp_path):
    async with start_relay(tmp_path) as relay:
        assert await relay.metric("diemcau_relay_tunnels") == 0.0
        assert await relay.metric("diemcau_relay_tunnel_dropped_total") == 0.0


class MediaPort(asyncio.DatagramProtocol):
    """Answers every datagram with itself."""

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.transport.sendto(data, address)


async def test_datagrams_go_both_ways_until_a_newer_tunnel_or_no_frame_comes():
    loop = asyncio.get_running_loop()
    port, _ = await loop.create_datagram_endpoint(MediaPort, local_addr=("127.0.0.1", 0))
    sessions = {"s1": object()}
    engine = SimpleNamespace(session=sessions.get, port=port.get_extra_info("sockname")[1])
    tunnels = MediaTunnels(engine, "0.0.0.0")  # noqa: S104 - everywhere
    assert tunnels.accept("/session/s2/media") is None
    server = await loop.create_server(lambda: tunnels.accept("/session/s1/media"), "127.0.0.1", 0)
    address = server.sockets[0].getsockname()

    first_reader, first = await asyncio.open_connection(*address)
    first.write(framed(b"datagram one") + framed(b"datagram two"))
    both = framed(b"datagram one") + framed(b"datagram two")
    assert await first_reader.readexactly(28) == both

    reader, writer = await asyncio.open_connection(*address)
    writer.write(framed(b"datagram three"))
    assert await reader.readexactly(16) == framed(b"datagram three")

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", 0))
        flood = MediaTunnel(tunnels, "s1", sink.getsockname())
        flood.data_received(framed(bytes(8)) * int(2 * DATAGRAMS_BURST))
        flood.connection_lost(None)
    assert tunnels.dropped_total >= DATAGRAMS_BURST - 100
    await until(lambda: ended(first_reader), 5, "the older one ends")

    third_reader, _third = await asyncio.open_connection(*address)
    await until(lambda: ended(reader), 5, "a newer one is there")
    assert len(tunnels) == 1
    tunnels.close()
    await until(lambda: ended(third_reader), 5, "the relay stops")
    assert len(tunnels) == 0

    reader, writer = await asyncio.open_connection(*address)
    writer.write((MAX_FRAME + 1).to_bytes(2))
    await until(lambda: ended(reader), 5, "bytes that are no frames end it")
    assert not tunnels._tunnels
    server.close()
    port.close()


async def ended(reader):
    try:
        return await asyncio.wait_for(reader.read(1), 0.2) == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
