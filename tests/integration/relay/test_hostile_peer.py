"""Limits of what one authenticated peer may cost the engine and the others."""

import asyncio
import itertools
import struct

import pytest

from media.sfu.downlink import NUMBERS_BURST, TOLD_BURST
from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.publisher import STREAMS_PER_LINE
from media.sfu.slots import Viewer
from media.transport.peer import CHECKS_BURST
from media.transport.srtp_session import MAX_RTCP_STREAMS
from media.wire import rtcp, rtp, twcc, vp8
from media.wire.sdp_answer import Rates
from runtime.limits import TokenBucket
from tests.fakes.raw_peer import RawPeer
from tests.waiting import until

HOST = "127.0.0.1"
KEYFRAME = b"\x10\x02\0\x9d\x01\x2a" + struct.pack("<HH", 640, 360)


@pytest.fixture
async def engine():
    engine = RelayEngine(
        EngineSettings(host=HOST, port=0, candidates=(HOST,), rates=Rates(video_max_bps=400_000))
    )
    engine.open()
    running = asyncio.create_task(engine.run())
    yield engine
    running.cancel()
    await asyncio.wait({running})
    await engine.close()


@pytest.fixture
def router(engine):
    return engine.open_router("router", lambda viewer: {"stage": "cam"})


async def joined(engine, router, direction):
    """Return a connected peer and its session."""
    peer = RawPeer(HOST)
    if direction == "play":
        session, answer = engine.play(router, Viewer("p"), peer.offer())
    else:
        offer = peer.offer().replace("a=recvonly", "a=sendonly")
        session, answer = engine.publish(router, Viewer("cam"), offer)
    await peer.connect(answer)
    await until(lambda: session.is_connected)
    return peer, session


def send(peer, ssrc, number, payload=b"\0x", *, is_marked=False):
    packet = rtp.build(
        payload_type=96, sequence_number=number & 0xFFFF, timestamp=number, ssrc=ssrc,
        payload=payload, is_marked=is_marked,
    )  # fmt: skip
    peer.socket.endpoint.send(peer.srtp.protect(packet), peer.address)


async def test_media_of_one_who_only_plays_is_not_even_decrypted(engine, router):
    peer, session = await joined(engine, router, "play")
    for ssrc in range(1, 101):
        send(peer, ssrc, 1)
    counters = engine.media_port.counters
    await until(lambda: counters.streams_refused_total == 100)
    assert session.peer.media._newest == {}
    await peer.close()


async def test_a_publisher_has_a_few_streams_and_no_more(engine, router):
    peer, session = await joined(engine, router, "publish")
    for ssrc in range(1, 101):
        send(peer, ssrc, 1)
    counters = engine.media_port.counters
    await until(lambda: counters.streams_refused_total == 100 - STREAMS_PER_LINE)
    send(peer, 1, 2)
    await until(lambda: session.peer.media._newest[1] == 2)
    assert len(session.peer.media._newest) == STREAMS_PER_LINE
    await peer.close()


async def test_reports_of_many_senders_are_refused_before_they_are_decrypted(engine, router):
    peer, session = await joined(engine, router, "play")
    for ssrc in range(1, 61):
        peer.send_rtcp(rtcp.build_receiver_report(rtcp.ReceiverReport(ssrc)))
    counters = engine.media_port.counters
    await until(lambda: counters.streams_refused_total == 60 - MAX_RTCP_STREAMS)
    assert len(session.peer.media._rtcp_streams) == MAX_RTCP_STREAMS
    await peer.close()


async def test_a_flood_of_reports_is_cut_before_it_is_decrypted(engine, router):
    peer, session = await joined(engine, router, "play")
    report = rtcp.build_receiver_report(rtcp.ReceiverReport(1))
    for _ in range(500):
        peer.send_rtcp(report)
    await until(lambda: engine.media_port.counters.rtcp_refused_total > 200)
    assert session.is_connected
    await peer.close()


async def test_a_flood_of_packets_is_cut_before_it_is_decrypted(engine, router):
    peer, session = await joined(engine, router, "publish")
    session.peer.media.packets = TokenBucket(per_s=1.0, burst=50)  # of a slow machine's size
    for number in range(1, 151):
        send(peer, 5, number)
    counters = engine.media_port.counters
    await until(lambda: counters.rtp_refused_total >= 98)
    assert session.peer.media._newest[5] <= 52
    assert session.is_connected
    await peer.close()


async def test_checks_beyond_the_rate_are_not_answered_and_others_elsewhere_use_none_up(
    engine, router
):
    peer, session = await joined(engine, router, "play")
    other = peer.new_socket()
    for _ in range(2 * int(CHECKS_BURST)):
        peer.check(other, is_nominating=False)
    counters = engine.media_port.counters
    await until(lambda: counters.checks_refused_total >= CHECKS_BURST / 2)
    answered, refused = peer.answered, counters.checks_refused_total
    peer.check()
    await until(lambda: peer.answered > answered or counters.checks_refused_total > refused)
    assert counters.checks_refused_total == refused
    assert session.is_connected
    await peer.close()


async def test_numbers_asked_for_beyond_the_rate_are_not_looked_up(engine, router):
    peer, session = await joined(engine, router, "play")
    looked_up = []
    session._fanout.send_again = lambda out, missing, *_, **__: looked_up.extend(missing)
    many = rtcp.Nack(1, peer.ssrcs["video"], tuple(range(0, 8_534)))
    for _ in range(20):
        peer.send_rtcp(rtcp.build_nack(many))
    await until(lambda: engine.fanout.counters.nack_numbers_refused_total > 20 * 480)
    assert NUMBERS_BURST - 17 <= len(looked_up) <= NUMBERS_BURST + 256
    await peer.close()


async def test_feedback_on_thousands_that_never_were_is_not_read(engine, router):
    peer, session = await joined(engine, router, "play")
    read = []

    def taken(report, *, now):
        whole = twcc.read(report) if isinstance(report, bytes) else report
        read.append(len(whole.arrivals_ms))

    session.line.estimate.feedback = taken
    fci = struct.pack("!HHIH", 0, twcc.MAX_READ, 0, twcc.MAX_READ)
    lie = rtcp.build_feedback(rtcp.Feedback(rtcp.RTPFB, rtcp.FMT_TRANSPORT_CC, 1, 1, fci))
    for _ in range(20):
        peer.send_rtcp(lie * 32)
    await until(lambda: engine.fanout.counters.feedback_refused_total > 20 * 32 - 10)
    assert 0 < sum(read) <= TOLD_BURST
    assert session.is_connected
    await peer.close()


async def test_all_lost_before_anything_was_sent_ends_nobody(engine, router):
    peer, session = await joined(engine, router, "play")
    block = rtcp.ReportBlock(peer.ssrcs["video"], 255, 1000, 1, 0)
    nack = rtcp.Nack(1, peer.ssrcs["video"], (1,))
    report = rtcp.build_receiver_report(rtcp.ReceiverReport(1, (block,)))
    before = session.peer.received_at
    peer.send_rtcp(report + rtcp.build_nack(nack))
    await until(lambda: session.peer.received_at > before)
    assert session.is_connected
    assert session.line.estimate.loss.bps is None, "of nothing nothing is lost"
    assert session.line.estimate.usable_bps > 0
    await peer.close()


async def test_excess_is_dropped_to_the_next_keyframe_and_others_do_not_see_it(engine, router):
    peer, _ = await joined(engine, router, "publish")
    viewer, session = await joined(engine, router, "play")
    start = vp8.packetize(KEYFRAME + bytes(900), picture_id=1)
    send(peer, 5, 1, next(start), is_marked=True)
    await until(lambda: session.outs[0].shown is not None)
    await until(lambda: len(viewer.packets) == 1)
    for number in range(2, 402):  # 400 kB: 150 kB are allowed at once
        send(peer, 5, number, b"\0".ljust(1000, b"x"), is_marked=True)
    counters = engine.fanout.counters
    await until(lambda: counters.excess_total > 200)
    await until(lambda: session.outs[0].awaited is not None)
    await until(lambda: session.outs[0].shown is None)
    sent = len(viewer.packets)
    assert sent < 200
    again = next(vp8.packetize(KEYFRAME + bytes(900), picture_id=500))
    # It comes back with a keyframe once the bucket has half of its room.
    await until(lambda: _came_back(peer, session, again), timeout_s=5.0)
    await until(lambda: len(viewer.packets) > sent)
    numbers = [p.sequence_number for p in viewer.packets]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    await peer.close()
    await viewer.close()


async def test_packets_of_1400_bytes_are_forwarded(engine, router):
    peer, _ = await joined(engine, router, "publish")
    viewer, session = await joined(engine, router, "play")
    await until(lambda: session.outs or None)
    payload = next(vp8.packetize(KEYFRAME + bytes(1374), picture_id=1, max_payload_size=1388))
    assert len(payload) == 1388  # 1,400 with its header, as GStreamer makes them by default
    send(peer, 5, 1, payload, is_marked=True)
    await until(lambda: len(viewer.packets) == 1)
    assert len(viewer.packets[0].payload) == 1388
    assert engine.fanout.counters.oversized_total == 0
    await peer.close()
    await viewer.close()


_NUMBERS = itertools.count(501)


def _came_back(peer, session, payload):
    send(peer, 5, next(_NUMBERS), payload, is_marked=True)
    return session.outs[0].shown is not None
