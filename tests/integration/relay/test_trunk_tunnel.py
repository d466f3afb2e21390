"""A trunk where no UDP gets through: it goes over a connection of TCP's, and back once UDP does."""

import asyncio
import socket
import time

import pytest
from msgspec.structs import replace

from contracts.participants import ParticipantKind
from contracts.trunk import MediaAddress
from media.relay.media_tunnel import MediaTunnels
from media.sfu import trunk_lines
from media.sfu.sizes import Size
from media.sfu.slots import Viewer
from tests.unit.media.sfu import test_trunk_session as session_tests
from tests.waiting import until

engines = session_tests.engines


class Gate:
    """An address by which a UDP port is reached, once it is open."""

    def __init__(self, port):
        self.is_open = False
        self.outside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.inside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.outside.bind(("127.0.0.1", 0))
        self.inside.connect(("127.0.0.1", port))
        self.peer = None
        for one, pass_on in ((self.outside, self._in), (self.inside, self._out)):
            one.setblocking(False)
            asyncio.get_running_loop().add_reader(one.fileno(), pass_on)

    @property
    def address(self):
        """Where it is."""
        return MediaAddress(host="127.0.0.1", port=self.outside.getsockname()[1])

    def _in(self):
        data, self.peer = self.outside.recvfrom(2048)
        if self.is_open:
            self.inside.send(data)

    def _out(self):
        data = self.inside.recv(2048)
        if self.is_open and self.peer:
            self.outside.sendto(data, self.peer)

    def close(self):
        """Give both back."""
        for one in (self.outside, self.inside):
            asyncio.get_running_loop().remove_reader(one.fileno())
            one.close()


@pytest.fixture
async def tunnelled(engines):
    """Return both ends of a trunk that has come up over TCP, and the gate that was shut."""
    (home, home_router), (outer, outer_router) = engines
    gate = Gate(home.port)
    call = trunk_lines.TrunkCall()
    viewer = Viewer("relay-2", ParticipantKind.RELAY)
    at_home, answer = trunk_lines.answer(home, home_router, viewer, call.offer)
    answer = replace(answer, addresses=(gate.address,))
    away = call.begin(outer, outer_router, Viewer("relay-1", ParticipantKind.RELAY), answer)
    tunnels = MediaTunnels(home, "127.0.0.1")
    loop = asyncio.get_running_loop()
    path = f"/session/{answer.session}/media"
    server = await loop.create_server(lambda: tunnels.accept(path), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    entrance = call.entrance(*await asyncio.open_connection("127.0.0.1", port))
    running = asyncio.create_task(entrance.run())
    await until(lambda: at_home.is_connected and away.is_connected)
    yield at_home, away, gate
    running.cancel()
    await asyncio.wait({running})
    call.close()
    tunnels.close()
    server.close()
    gate.close()


async def crosses(router, other, sending, coming, name):
    """Return once sounds of a new source have come at the other end."""
    track = router.source(name).inject_track("audio", on_keyframe_wanted=lambda: None)
    track.inject(session_tests.sound(1))
    slot, ssrc = sending.slot_of(name, "audio", Size.HIGH, now=time.monotonic())
    brought = coming.bring(other.source(name), "audio", (ssrc,))
    sending.slots = {slot: name}
    router.fill(sending)
    numbers = iter(range(2, 10_000))

    def has_come():
        for _ in range(3):
            track.inject(session_tests.sound(next(numbers)))
        return brought.encodings[0].intake.reception.packets >= 10

    await until(has_come)


async def test_a_trunk_comes_up_over_tls_and_goes_back_to_udp_and_stays_there(engines, tunnelled):
    at_home, away, gate = tunnelled
    (_, home_router), (_, outer_router) = engines
    assert away.peer.is_on_way_round
    await crosses(outer_router, home_router, away, at_home, "p")
    await crosses(home_router, outer_router, at_home, away, "q")
    gate.is_open = True
    await until(lambda: not away.peer.is_on_way_round, 15, "UDP is taken again")
    through = gate.inside.getsockname()
    await crosses(outer_router, home_router, away, at_home, "r")
    await until(lambda: at_home.peer.address == through)
    await crosses(home_router, outer_router, at_home, away, "s")
    assert not away.peer.is_on_way_round
    assert at_home.is_connected and away.is_connected
