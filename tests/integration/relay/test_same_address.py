"""Sessions and their addresses: one follows another at the same one, or comes in its own way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.slots import Viewer
from media.wire import rtcp
from tests.fakes.raw_peer import RawPeer
from tests.waiting import until

HOST = "127.0.0.1"
EMPTY_REPORT = rtcp.build_receiver_report(rtcp.ReceiverReport(7, ()))


@asynccontextmanager
async def an_engine() -> AsyncIterator[tuple[RelayEngine, object]]:
    engine = RelayEngine(EngineSettings(host=HOST, port=0, candidates=(HOST,)))
    engine.open()
    running = asyncio.create_task(engine.run())
    yield engine, engine.open_router("router", lambda viewer: {})
    running.cancel()
    await asyncio.wait({running})
    await engine.close()


async def test_another_subject_at_the_same_address_connects():
    async with an_engine() as (engine, router):
        first, second = RawPeer(HOST), RawPeer(HOST)
        old, answer = engine.play(router, Viewer("one"), first.offer())
        await first.connect(answer)
        await until(lambda: old.is_connected)
        new, answer = engine.play(router, Viewer("other"), second.offer())
        second.take_over(first)
        await second.connect(answer)
        await until(lambda: new.is_connected)
        second.send_rtcp(EMPTY_REPORT)
        await until(lambda: new.peer.received_at > 0)
        assert not old.peer.is_closed
        await second.close()


async def test_a_claim_alone_takes_nothing_from_who_is_there():
    async with an_engine() as (engine, router):
        owner, claimant = RawPeer(HOST), RawPeer(HOST)
        session, answer = engine.play(router, Viewer("one"), owner.offer())
        await owner.connect(answer)
        await until(lambda: session.is_connected)
        _, answer = engine.play(router, Viewer("other"), claimant.offer())
        claimant.prepare(answer)
        before = engine.media_port.counters.stun_answered_total
        claimant.check(owner.socket)
        await until(lambda: engine.media_port.counters.stun_answered_total > before)
        owner.send_rtcp(EMPTY_REPORT)
        await until(lambda: session.peer.received_at > 0)
        await owner.close()
        await claimant.close()


async def test_a_client_that_is_dtls_server_is_called_as_soon_as_it_is_there():
    async with an_engine() as (engine, router):
        peer = RawPeer(HOST, role="server")
        session, answer = engine.play(router, Viewer("p"), peer.offer())
        assert "a=setup:active" in answer
        await until(
            lambda: engine._new_peers.empty()
        )  # the handshake has begun, towards nobody yet
        began_s = asyncio.get_running_loop().time()
        await peer.connect(answer)
        await until(lambda: session.is_connected)
        # OpenSSL would repeat a first flight that went nowhere after a second.
        assert asyncio.get_running_loop().time() - began_s < 0.9
        await peer.close()


async def test_a_late_nomination_is_followed_and_checks_without_one_keep_the_session():
    async with an_engine() as (engine, router):
        peer = RawPeer(HOST)
        session, answer = engine.play(router, Viewer("p"), peer.offer())
        peer.prepare(answer)
        peer.check(is_nominating=False)
        await until(lambda: peer.answered)
        elsewhere = peer.new_socket()
        peer.check(elsewhere)
        peer.socket = elsewhere
        await until(lambda: session.peer.address == elsewhere.endpoint._socket.getsockname())
        await peer.connect(answer)
        await until(lambda: session.is_connected)
        checked_at = session.peer.path.checked_at
        peer.check(is_nominating=False)
        await until(lambda: session.peer.path.checked_at > checked_at)
        assert session.peer.may_send
        await peer.close()


async def test_the_client_s_credentials_are_those_of_the_bundle_s_first_line():
    """A fragment that names them again restarts nothing (RFC 9725, section 4.3.2)."""
    async with an_engine() as (engine, router):
        peer = RawPeer(HOST, kinds=("video", "audio"))
        video, sound = peer.offer().replace("BUNDLE 0 1", "BUNDLE 1 0").split("m=audio")
        offer = f"{video}m=audio{sound.replace(peer.ice.ufrag, 'another')}"
        session, _ = engine.play(router, Viewer("p"), offer)
        assert session.info.remote_ufrag == "another"
        await peer.close()
