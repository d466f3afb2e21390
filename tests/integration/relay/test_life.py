"""What keeps a session: whatever is authentic, of which kind it may be. Time is simulated."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.slots import Viewer
from media.transport.ice_lite import CONSENT_S, DEAD_S
from media.wire import rtcp, rtp
from tests.fakes.raw_peer import RawPeer
from tests.fakes.raw_publisher import RawPublisher
from tests.waiting import until

HOST = "127.0.0.1"
EMPTY_REPORT = rtcp.build_receiver_report(rtcp.ReceiverReport(7, ()))


class Later:
    """The port's clock, moved forward by the test."""

    def __init__(self, engine: RelayEngine) -> None:
        self.ahead_s = 0.0
        self.now_s = lambda: time.monotonic() + self.ahead_s
        engine.media_port.now_s = self.now_s


@asynccontextmanager
async def connected(
    kind: type[RawPeer] = RawPeer,
) -> AsyncIterator[tuple[RelayEngine, RawPeer, object, Later]]:
    engine = RelayEngine(EngineSettings(host=HOST, port=0, candidates=(HOST,)))
    engine.open()
    router = engine.open_router("router", lambda viewer: {})
    peer = kind(HOST)
    running = asyncio.create_task(engine.run())
    accept = engine.publish if kind is RawPublisher else engine.play
    session, answer = accept(router, Viewer("p"), peer.offer())
    await peer.connect(answer)
    await until(lambda: session.is_connected)
    yield engine, peer, session, Later(engine)
    await peer.close()
    running.cancel()
    await asyncio.wait({running})
    await engine.close()


def some_rtp(number: int) -> bytes:
    return rtp.build(
        payload_type=96, sequence_number=number, timestamp=number, ssrc=7, payload=b"x"
    )


async def lives(peer: RawPeer, session, later: Later, send) -> bool:
    """Return whether the session stays, and may be sent to, for two minutes of only that."""
    for step in range(12):
        later.ahead_s = step * (CONSENT_S - 5)
        sent_at = later.now_s()
        send(step)

        def is_later(sent_at: float = sent_at) -> bool:
            return bool(session.peer.received_at >= sent_at)

        await until(is_later)
        session.peer.tick(later.now_s())
        if session.peer.is_closed or not session.peer.may_send:
            return False
    return True


async def test_reports_alone_keep_a_player():
    async with connected() as (_, peer, session, later):
        assert await lives(peer, session, later, lambda _: peer.send_rtcp(EMPTY_REPORT))


async def test_media_alone_keep_a_publisher():
    async with connected(RawPublisher) as (_, peer, session, later):
        assert await lives(peer, session, later, lambda step: peer.send_rtp(some_rtp(step)))


async def test_an_indication_keeps_the_session_and_lets_nothing_be_sent():
    async with connected() as (engine, peer, session, later):
        later.ahead_s = DEAD_S - 1
        peer.indicate()
        await until(lambda: session.peer.path.indicated_at > session.peer.path.checked_at)
        later.ahead_s = DEAD_S + 10
        session.peer.tick(later.now_s())
        assert not session.peer.is_closed and not session.peer.may_send
        assert engine.media_port.counters.stun_rejected_total == 0


async def test_who_says_nothing_is_put_away():
    async with connected() as (_, _peer, session, later):
        later.ahead_s = DEAD_S + 1
        session.peer.tick(later.now_s())
        assert session.peer.is_closed
