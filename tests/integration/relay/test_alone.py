"""Whatever goes wrong in our work for one peer ends that peer alone."""

from contextlib import suppress

import httpx
import pytest

from contracts import codec, topics
from contracts.ids import MeetingId
from media.errors import HandshakeFailed
from media.relay.announcer import Announcer
from media.relay.media_tunnel import MediaTunnels
from media.relay.meetings import MeetingRegistry
from media.relay.request_budget import RequestBudget
from media.relay.store import MeetingStore
from media.relay.trunks import Trunks
from media.relay.whip_server import WhipServer
from media.sfu.slots import Viewer
from media.wire import rtcp, stun
from media.wire.ice_credentials import Credentials
from runtime.bus import Received
from runtime.clock import Clock
from runtime.guard import FAILURES
from tests.fakes.odd_certificate import OddCertificate
from tests.fakes.raw_peer import RawPeer
from tests.fakes.relay import RELAY, SDP, meeting, start_relay
from tests.integration.relay.test_engine import HOST, frame, playing, stage
from tests.waiting import until

__all__ = ["stage"]


class Odd(Exception):
    """What nobody expected."""


def _raise(*_args: object, **_more: object) -> None:
    raise Odd


def _session(stage, viewer: str):
    return next(s for s in stage.engine.sessions if s.viewer.subject == viewer)


async def _joined(stage, viewer: str) -> RawPeer:
    peer = RawPeer(HOST)
    session, answer = stage.engine.play(stage.router, Viewer(viewer), peer.offer())
    await peer.connect(answer)
    await until(lambda: session.is_connected)
    return peer


async def _plays_on(stage, peer: RawPeer, number: int) -> None:
    frame(stage.video, number, is_key=True)
    await until(lambda: bytes(peer.packets[-1].payload[-1:]) == bytes([number]))


def _spoil_tick(stage, session) -> None:
    session.tick = _raise


def _spoil_consent(stage, session) -> None:
    session.peer.tick = _raise


def _spoil_sending(stage, session) -> None:
    rewriter = session.outs[0].rewriter
    rewriter.slot, rewriter.write = None, _raise  # Python sends where the C has no slot
    session._fanout.ways.changed()
    frame(stage.video, 3)


def _spoil_routing(stage, session) -> None:
    session.outs[0].rewriter.slot = Odd()  # has none of a slot's fields
    session._fanout.ways.changed()
    frame(stage.video, 3)


def _spoil_plan(stage, session) -> None:
    plan = stage.router._plan
    stage.router._plan = lambda viewer: _raise() if viewer.subject == "one" else plan(viewer)
    stage.router.replan()


def _spoil_goodbye(stage, session) -> None:
    session.peer.farewell = _raise
    session.peer.close("asked to leave")


def _spoil_closing(stage, session) -> None:
    session.outs[0].clear = _raise
    session.peer.close("asked to leave")


@pytest.mark.parametrize(
    "spoil",
    [
        _spoil_tick,
        _spoil_consent,
        _spoil_sending,
        _spoil_routing,
        _spoil_plan,
        _spoil_goodbye,
        _spoil_closing,
    ],
)
async def test_a_failing_session_ends_alone(stage, spoil):
    one, other = await _joined(stage, "one"), await _joined(stage, "other")
    await playing(stage, other)
    before = sum(FAILURES.totals.values())
    spoil(stage, _session(stage, "one"))
    await until(lambda: [s.viewer.subject for s in stage.engine.sessions] == ["other"])
    await until(lambda: sum(FAILURES.totals.values()) > before)
    await _plays_on(stage, other, 7)
    third = await _joined(stage, "third")  # handshakes, too, go on
    for peer in (one, other, third):
        await peer.close()


async def test_what_a_peer_says_ends_that_peer_at_most(stage):
    one, other = await _joined(stage, "one"), await _joined(stage, "other")
    await playing(stage, other)
    _session(stage, "one")._reported = _raise
    block = rtcp.ReportBlock(one.ssrcs["video"], 0, 0, 0, 0, 0, 0)
    one.send_rtcp(rtcp.build_receiver_report(rtcp.ReceiverReport(1, (block,))))
    await until(lambda: [s.viewer.subject for s in stage.engine.sessions] == ["other"])
    await _plays_on(stage, other, 7)
    for peer in (one, other):
        await peer.close()


async def test_a_datagram_of_nobody_is_counted_and_the_next_is_read(stage):
    before = FAILURES.total("datagram")
    stage.engine.media_port._by_ufrag = None
    peer = RawPeer(HOST)
    peer.socket.endpoint.send(_check(), (HOST, stage.engine.port))
    await until(lambda: FAILURES.total("datagram") == before + 1)
    stage.engine.media_port._by_ufrag = {}
    other = await _joined(stage, "other")
    await playing(stage, other)
    assert len(other.packets) > 0
    await peer.close()
    await other.close()


def _check() -> bytes:
    return stun.build_request(
        transaction_id=bytes(12),
        own=Credentials("b", ""),
        other=Credentials("a", "c"),
        priority=1,
        tie_breaker=1,
        is_controlling=True,
        is_nominating=True,
    )


async def test_a_failing_track_of_ours_goes_on_with_its_next_frame(stage):
    before = FAILURES.total("track")
    peer = await _joined(stage, "one")
    await playing(stage, peer)
    (encoding,) = stage.video.encodings
    serve, encoding.tick = encoding.tick, _raise
    await until(lambda: FAILURES.total("track") > before)
    encoding.tick = serve
    await _plays_on(stage, peer, 7)
    await peer.close()


async def test_a_certificate_that_cannot_be_read_fails_its_own_handshake(stage):
    other = await _joined(stage, "other")
    await playing(stage, other)
    odd = RawPeer(HOST)
    odd.certificate = OddCertificate()
    session, answer = stage.engine.play(stage.router, Viewer("odd"), odd.offer())
    reasons: list[str] = []
    stage.engine.closed_listeners.append(lambda closed, reason: reasons.append(reason))
    with suppress(HandshakeFailed):
        await odd.connect(answer)
    await until(lambda: reasons)
    assert "InvalidVersion" in reasons[0] and not session.has_joined
    await _plays_on(stage, other, 7)
    await odd.close()
    await other.close()


async def test_a_document_that_cannot_be_served_keeps_no_other_out(stage, tmp_path):
    clock = Clock()
    announcer = Announcer(RELAY, clock)
    book = MeetingRegistry(stage.engine, clock, MeetingStore(tmp_path), announcer)
    before = FAILURES.total("message")
    open_router, stage.engine.open_router = stage.engine.open_router, _raise
    await book.received(_message("m1"))
    stage.engine.open_router = open_router
    await book.received(_message("m2"))
    assert [m.document.meeting_id for m in book.meetings] == ["m2"]
    assert FAILURES.total("message") == before + 1
    book.meetings[0].router.present = _raise
    assert book.state().meetings == ()  # told without the one that cannot be


def _message(meeting_id: str) -> Received:
    topic = topics.relay_meeting(RELAY, MeetingId(meeting_id)).name
    return Received(topic, codec.encode(meeting(meeting_id)), is_retained=True)


async def test_a_request_that_fails_is_answered_and_counted(stage):
    before = FAILURES.total("request")
    door = WhipServer(
        stage.engine,
        None,
        None,
        Clock(),
        metrics=bytes,
        budget=RequestBudget(per_s=1, burst=10),
        trunks=Trunks(stage.engine, MediaTunnels(stage.engine, "127.0.0.1")),
    )
    transport = httpx.ASGITransport(door.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://relay.test") as client:
        answer = await client.post("/nonce")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal_error")
    assert FAILURES.total("request") == before + 1


async def _joins(relay, peer: RawPeer, subject: str) -> None:
    headers = {"Authorization": relay.token(subject, "play"), "Content-Type": SDP}
    async with relay.client() as client:
        answer = await client.post("/whep/m1", content=peer.offer().encode(), headers=headers)
    assert answer.status_code == 201, answer.text
    await peer.connect(answer.text)


async def test_a_viewer_cannot_end_the_relay_by_a_certificate(tmp_path):
    async with start_relay(tmp_path) as relay:
        centre, pid = relay.centre, relay.pid
        await centre.declare(meeting())
        await centre.hears(lambda: centre.meeting_state() is not None)
        viewer, odd, later = (RawPeer(relay.address) for _ in range(3))
        await _joins(relay, viewer, "viewer")
        odd.certificate = OddCertificate()
        with suppress(HandshakeFailed):
            await _joins(relay, odd, "odd")
        await until(lambda: "InvalidVersion" in relay.log)
        answered = viewer.answered
        viewer.check()
        await until(lambda: viewer.answered > answered)
        await _joins(relay, later, "later")
        assert relay.pid == pid and relay._process.poll() is None
        assert await relay.metric("diemcau_relay_handshakes_failed_total") == 1.0
        await centre.hears(
            lambda: (
                {a.subject for a in centre.meeting_state().attendees if a.is_connected}
                == {"viewer", "later"}
            )
        )
        for peer in (viewer, odd, later):
            await peer.close()
