"""A point's leg over IPv4, over IPv6, and where an address of the relay's name is dead."""

import asyncio
import socket
from datetime import UTC, datetime

import pytest

from agent.room.settings import UplinkSettings
from media.client.whip_client import PointIdentity, WhipClient
from media.errors import RelayUnreachable
from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.slots import Viewer
from media.transport.dtls import DtlsCertificate
from media.transport.leg import Leg
from media.wire import sdp
from media.wire.sdp_offer import Own, playing, remote_of
from tests.fakes.namespace import a_machine
from tests.fakes.pki import Pki
from tests.waiting import until

DEFAULT = UplinkSettings().bind_hosts


def leg_of(machine, certificate, hosts) -> Leg:
    leg: Leg = machine.inside(
        lambda: Leg(
            certificate=certificate,
            bind_hosts=hosts,
            on_rtp=lambda packet: None,
            on_rtcp=lambda compound: None,
        )
    )
    return leg


@pytest.mark.namespace
@pytest.mark.parametrize(
    ("is_v6", "hosts"),
    [(True, DEFAULT), (False, DEFAULT), (False, ("::",)), (False, (*DEFAULT, "192.0.2.99"))],
    ids=["IPv6 only", "IPv4 only", "IPv4 through ::", "an address that is away"],
)
async def test_a_leg_comes_up(is_v6, hosts):
    with a_machine(is_v6=is_v6) as machine:
        engine = RelayEngine(EngineSettings(port=0, candidates=(machine.host,)))
        engine.open()
        router = engine.open_router("m1", lambda viewer: {})
        certificate = DtlsCertificate()
        leg = leg_of(machine, certificate, hosts)
        offer = playing(Own(leg.local, certificate.fingerprint, (), 1))
        _, answer = engine.play(router, Viewer("p"), sdp.render(offer))
        tasks = [
            asyncio.create_task(engine.run()),
            asyncio.create_task(leg.run(remote_of(sdp.parse(answer)))),
        ]
        await until(leg.is_up.is_set, 10, "the leg is up")
        assert leg.agent.selected.address == (machine.host, engine.port)
        for task in reversed(tasks):
            task.cancel()
        await asyncio.wait(tasks)
        await engine.close()


def swallowing_port() -> tuple[list[socket.socket], int]:
    """Return an IPv6 port whose queue is full: what knocks there hears nothing."""
    door = socket.socket(socket.AF_INET6)
    door.bind(("::1", 0))
    door.listen(0)
    waiting = [socket.socket(socket.AF_INET6) for _ in range(2)]
    for knocking in waiting:
        knocking.setblocking(False)
        knocking.connect_ex(door.getsockname())
    return [door, *waiting], int(door.getsockname()[1])


async def test_a_request_falls_back_from_a_dead_address(tmp_path, monkeypatch):
    sockets, port = swallowing_port()
    listening = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", port)
    kind = (socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
    found = [
        (socket.AF_INET6, *kind, ("::1", port, 0, 0)),
        (socket.AF_INET, *kind, ("127.0.0.1", port)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    pki = Pki(tmp_path / "pki")
    point = pki.issue("p1")
    client = WhipClient(
        f"https://localhost:{port}",
        ca_file=pki.ca_file,
        identity=PointIdentity(point.certificate_file, point.key_file),
        now=lambda: datetime.now(UTC),
        timeout_s=2,
    )
    # Who answers by closing was reached: otherwise the limit of two seconds would be named.
    with pytest.raises(RelayUnreachable) as refused:
        await client.open("/whep/m1", "v=0")
    assert "Timeout" not in str(refused.value)
    listening.close()
    for each in sockets:
        each.close()
