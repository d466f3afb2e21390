"""The engine in this process, with tracks injected and a player made of raw packets."""

import asyncio
import gc
import itertools
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from media.errors import MalformedSdp, OfferRefused
from media.sfu.down_track import CHANGE_LIMIT_S
from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.slots import Viewer
from media.wire import rtcp, rtp, vp8
from tests.fakes.raw_peer import RawPeer
from tests.waiting import until

HOST = "127.0.0.1"


class Stage:
    """An engine, one router with a source "stage", and what was asked of it."""

    def __init__(self, engine):
        self.engine = engine
        self.filling = {"stage": "cam", "sound-0": "cam"}
        self.router = engine.open_router("router", lambda viewer: self.filling)
        self.keyframes_wanted = 0
        self.missing = []
        self.video = self.track("cam")

    def track(self, name):
        return self.router.source(name).inject_track(
            "video",
            on_keyframe_wanted=self._wanted,
            on_missing=lambda numbers: self.missing.extend(numbers),
        )

    def _wanted(self):
        self.keyframes_wanted += 1

    @asynccontextmanager
    async def player(self, **kinds):
        peer = RawPeer(HOST, **kinds)
        session, answer = self.engine.play(self.router, Viewer("p"), peer.offer())
        try:
            await peer.connect(answer)
            await until(lambda: session.is_connected)
            yield peer
        finally:
            await peer.close()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    engine = RelayEngine(EngineSettings(host=HOST, port=0, candidates=(HOST,)))
    engine.open()
    running = asyncio.create_task(engine.run())
    yield Stage(engine)
    running.cancel()
    await asyncio.wait({running})
    await engine.close()


def frame(track, number, *, is_key=False, size=2500, ssrc=9, max_payload_size=1100):
    """Inject one frame of a few packets; return how many."""
    data = bytes([0x10 if is_key else 0x11]) + bytes([number & 0xFF]) * size
    payloads = list(vp8.packetize(data, picture_id=number, max_payload_size=max_payload_size))
    for index, payload in enumerate(payloads):
        packet = rtp.build(
            payload_type=100,
            sequence_number=(number * 10 + index) & 0xFFFF,
            timestamp=number * 3600,
            ssrc=ssrc,
            payload=payload,
            is_marked=index == len(payloads) - 1,
        )
        track.inject(packet)
    return len(payloads)


async def test_a_slot_begins_with_a_keyframe_and_is_one_stream(stage):
    async with stage.player() as peer:
        frame(stage.video, 1)
        assert stage.keyframes_wanted == 1
        count = sum(frame(stage.video, n, is_key=n == 3) for n in (2, 3, 4))
        await until(lambda: len(peer.packets) == count * 2 // 3)
        assert {p.ssrc for p in peer.packets} == {peer.ssrcs["video"]}
        assert {p.payload_type for p in peer.packets} == {96}
        assert vp8.parse(peer.packets[0].payload).is_keyframe
        assert bytes(peer.packets[0].payload[-1:]) == b"\3"
        numbers = [p.sequence_number for p in peer.packets]
        assert numbers[0] == 1000


async def playing(stage, peer):
    frame(stage.video, 1)
    count = frame(stage.video, 2, is_key=True)
    await until(lambda: len(peer.packets) == count)


async def test_a_missing_packet_is_sent_again_byte_for_byte_and_once(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        lost = peer.packets[1].sequence_number
        first = peer.socket.encrypted[1]
        nack = rtcp.build_nack(rtcp.Nack(1, peer.ssrcs["video"], (lost,)))
        before = peer.socket.media
        counters = stage.engine.fanout.counters
        peer.srtp_failures = 0

        def take(buffer, size):  # a replay cannot be decrypted twice: compare it encrypted
            peer.srtp_failures += 1

        peer.took_media = take
        peer.send_rtcp(nack)
        peer.send_rtcp(nack)
        await until(lambda: counters.retransmissions_refused_total == 1)
        await until(lambda: first in peer.socket.encrypted[before:])
        assert counters.retransmitted_total == 1


async def test_a_number_that_was_never_sent_is_not_answered(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        missing = (peer.packets[-1].sequence_number + 50,)
        peer.send_rtcp(rtcp.build_nack(rtcp.Nack(1, peer.ssrcs["video"], missing)))
        peer.send_rtcp(rtcp.build_pli(rtcp.Pli(1, peer.ssrcs["video"])))
        await until(lambda: stage.engine.fanout.counters.keyframes_wanted_total == 1)
        assert stage.engine.fanout.counters.retransmitted_total == 0


async def test_gaps_of_a_source_are_asked_for(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        frame(stage.video, 3, size=10)
        frame(stage.video, 4, size=10)
        await until(lambda: {23, 29, 31, 39} <= set(stage.missing))
        assert not {20, 21, 22, 30, 40} & set(stage.missing)


async def test_an_oversized_packet_is_dropped_and_the_next_is_not(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        before = len(peer.packets)
        frame(stage.video, 3, size=1430, max_payload_size=1450)
        count = frame(stage.video, 4)
        await until(lambda: len(peer.packets) == before + count)
        assert stage.engine.fanout.counters.oversized_total == 1


async def test_another_stream_of_a_source_begins_with_its_keyframe(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        before = list(peer.packets)
        frame(stage.video, 500, ssrc=10)
        count = frame(stage.video, 501, ssrc=10, is_key=True)
        await until(lambda: len(peer.packets) == len(before) + count)
        after = peer.packets[len(before)]
        assert after.sequence_number == before[-1].sequence_number + 1
        assert vp8.parse(after.payload).is_keyframe


async def test_a_switch_waits_for_the_keyframe_and_the_old_picture_goes_on(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        other = stage.track("other")
        frame(other, 100)
        stage.filling = {"stage": "other"}
        stage.router.replan()
        old = frame(stage.video, 3)
        await until(lambda: len(peer.packets) == 2 * old)
        frame(other, 101)
        new = frame(other, 102, is_key=True)
        frame(stage.video, 4)
        await until(lambda: len(peer.packets) == 2 * old + new)
        assert bytes(peer.packets[-1].payload[-1:]) == bytes([102])
        numbers = [p.sequence_number for p in peer.packets[old:]]
        assert numbers[old] - numbers[old - 1] == 1


async def test_a_picture_that_is_to_go_does_not_stay_for_want_of_the_next_ones_keyframe(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        other = stage.track("other")
        frame(other, 100)
        stage.filling = {"stage": "other"}
        stage.router.replan()
        (subscriber,) = stage.router.subscribers
        numbers = itertools.count(200)

        def has_ended():
            frame(other, next(numbers))  # it sends, but no keyframe gets through
            frame(stage.video, next(numbers))
            return subscriber.outs[0].shown is None

        await until(has_ended, timeout_s=CHANGE_LIMIT_S + 1.0)
        assert stage.engine.fanout.counters.changes_overdue_total == 1
        before = len(peer.packets)
        new = frame(other, next(numbers), is_key=True)
        await until(lambda: len(peer.packets) == before + new)
        assert subscriber.outs[0].shown is other.encodings[0]


async def test_a_closed_track_leaves_its_slot_at_once(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        (subscriber,) = stage.router.subscribers
        assert subscriber.outs[0].shown is stage.video.encodings[0]
        stage.video.close()
        assert subscriber.outs[0].shown is None


async def test_a_silent_source_leaves_its_slot_and_comes_back(stage):
    seen = []
    stage.router.presence_listeners.append(lambda source, is_alive: seen.append(is_alive))
    async with stage.player() as peer:
        await playing(stage, peer)
        (subscriber,) = stage.router.subscribers
        await until(lambda: subscriber.outs[0].shown is None, timeout_s=2.0)
        asked = stage.keyframes_wanted
        count = frame(stage.video, 5, is_key=True)
        await until(lambda: len(peer.packets) == 2 * count)
        assert seen == [True, False, True]
        assert stage.keyframes_wanted == asked


async def test_a_peer_is_followed_only_by_a_newer_packet_of_its_own(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        there, stranger = peer.new_socket(), peer.new_socket()
        peer.check(there)
        stranger.endpoint.send(peer.checks[0], peer.address)  # a replay
        await until(lambda: peer.answered >= 3)
        count = frame(stage.video, 3)
        await until(lambda: peer.socket.media >= 2 * count)
        assert there.media == stranger.media == 0
        (subscriber,) = stage.router.subscribers
        log = subscriber.line.estimate.log
        log.note(log.next_number, 1000, now=0.0)
        peer.send_rtcp(rtcp.build_receiver_report(rtcp.ReceiverReport(1)), there)
        await until(lambda: subscriber.peer.address[1] == there.endpoint.port)
        assert log.index(log.next_number - 1) is None  # the line that was left says nothing
        frame(stage.video, 4)
        await until(lambda: there.media >= count)
        assert stranger.media == 0


async def test_no_picture_is_sent_to_who_does_not_answer_there(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        there = peer.new_socket()
        there.is_answering = False  # as somebody whose address is borrowed
        peer.check(there)
        await until(lambda: peer.answered >= 2)
        (subscriber,) = stage.router.subscribers
        for _ in range(3):
            peer.send_rtcp(rtcp.build_receiver_report(rtcp.ReceiverReport(1)), there)
        before = peer.socket.media
        count = frame(stage.video, 3)
        await until(lambda: peer.socket.media >= before + count)
        assert subscriber.peer.address[1] == peer.socket.endpoint.port
        assert there.media == 0
        there.is_answering = True
        await until(lambda: _follows(subscriber, peer, there))


def _follows(subscriber, peer, there):
    peer.send_rtcp(rtcp.build_receiver_report(rtcp.ReceiverReport(1)), there)
    return subscriber.peer.address[1] == there.endpoint.port


async def test_a_replay_takes_no_address_from_its_owner(stage):
    async with stage.player() as one, stage.player() as other:
        await playing(stage, one)
        await until(lambda: other.packets)
        counters = stage.engine.media_port.counters
        other.socket.endpoint.send(one.checks[0], one.address)
        await until(lambda: counters.stun_rejected_total == 1)
        other.send_rtcp(rtcp.build_pli(rtcp.Pli(1, other.ssrcs["video"])))
        await until(lambda: stage.engine.fanout.counters.keyframes_wanted_total == 1)
        assert counters.undecryptable_total == 0


async def test_a_flood_of_replays_fills_no_table(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        answered = stage.engine.media_port.counters
        for _ in range(40):
            peer.new_socket().endpoint.send(peer.checks[0], peer.address)
        await until(lambda: answered.stun_answered_total >= 41)
        assert len(stage.engine.media_port._by_address) <= 1 + 16
        before = len(peer.packets)
        count = frame(stage.video, 3)
        await until(lambda: len(peer.packets) == before + count)


async def test_every_flight_of_dtls_fits_a_thin_path(stage):
    async with stage.player() as peer:
        assert peer.dtls_sizes
        assert max(peer.dtls_sizes) <= 1200


async def test_senders_reports_come_and_give_a_round_trip(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        await until(lambda: peer.reports)
        report = rtcp.parse(peer.reports[0])[0]
        assert isinstance(report, rtcp.SenderReport)
        block = rtcp.ReportBlock(report.ssrc, 64, 1, 1, 0, lsr=rtcp.middle32(report.ntp))
        peer.send_rtcp(rtcp.build_receiver_report(rtcp.ReceiverReport(1, (block,))))
        (subscriber,) = stage.router.subscribers
        await until(lambda: subscriber.quality.rtt_ms is not None)
        assert subscriber.quality.loss_ratio == 0.25
        assert subscriber.quality.rtt_ms < 1000


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\0", b"\x80", bytes(20), bytes(range(256)), b"\x80\x60" + bytes(30), b"\x16" * 90],
)
async def test_garbage_is_counted_and_harms_nobody(stage, garbage):
    async with stage.player() as peer:
        await playing(stage, peer)
        stranger = peer.new_socket()
        counters = stage.engine.media_port.counters
        for socket in (stranger, peer.socket):
            socket.endpoint.send(garbage, peer.address)
        if garbage:
            await until(
                lambda: (
                    counters.malformed_total + counters.unknown_total + counters.undecryptable_total
                )
            )
        before = len(peer.packets)
        count = frame(stage.video, 3)
        await until(lambda: len(peer.packets) == before + count)


async def test_malformed_rtcp_of_a_known_peer_is_counted(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        peer.send_rtcp(rtcp.build_pli(rtcp.Pli(1, 2))[:8] + b"\x81\xc9\x00\x40" + bytes(4))
        await until(lambda: stage.engine.media_port.counters.malformed_total == 1)
        assert stage.router.subscribers


async def test_an_injected_packet_that_cannot_be_read_is_counted(stage):
    stage.video.inject(b"no packet")
    assert stage.video.malformed_total == 1


async def test_what_cannot_be_served_is_said(stage):
    with pytest.raises(MalformedSdp):
        stage.engine.play(stage.router, Viewer("p"), "no description")
    peer = RawPeer(HOST, kinds=("audio",))
    with pytest.raises(OfferRefused):
        stage.engine.publish(stage.router, Viewer("p"), peer.offer())
    await peer.close()
    assert stage.engine.sessions == []


async def test_one_port_serves_both_families():
    engine = RelayEngine(EngineSettings(host="::", port=0, candidates=("127.0.0.1", "::1")))
    engine.open()
    running = asyncio.create_task(engine.run())
    router = engine.open_router("router", lambda viewer: {"stage": "cam"})
    wanted = []
    video = router.source("cam").inject_track("video", on_keyframe_wanted=lambda: wanted.append(1))
    peers = [RawPeer("127.0.0.1"), RawPeer("::1")]
    for peer in peers:
        session, answer = engine.play(router, Viewer(peer.host), peer.offer())
        await peer.connect(answer)
        await until(lambda session=session: session.is_connected)
    count = frame(video, 1, is_key=True)
    await until(lambda: [len(peer.packets) for peer in peers] == [count, count])
    for peer in peers:
        await peer.close()
    running.cancel()
    await asyncio.wait({running})
    await engine.close()


async def test_a_session_that_has_ended_is_gone_without_the_collector(stage):
    gc.collect()
    gc.disable()
    try:
        async with stage.player():
            (session,) = stage.engine.sessions
            ended = [weakref.ref(one) for one in (session, session.peer, session.outs[0].rewriter)]
            stage.engine.close_session(session.info.id)
            del session
        assert not stage.engine.sessions
        await until(lambda: [ref() for ref in ended] == [None] * 3)
    finally:
        gc.enable()
