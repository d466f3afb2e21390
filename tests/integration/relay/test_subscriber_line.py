"""What the relay learns of a subscriber's line, from a player made of raw packets."""

from media.relay.streams_told import streams_told
from media.sfu.downlink import START_BPS
from media.sfu.ladder import Rung
from media.sfu.sizes import Size
from media.wire import rtcp, rtp, twcc
from tests.integration.relay.test_engine import frame, playing, stage
from tests.waiting import until

NUMBERED = 5
fixtures = (stage,)


def number_of(packet):
    return int.from_bytes(packet.extensions[NUMBERED])


def sound_packet(number):
    return rtp.build(
        payload_type=111,
        sequence_number=number,
        timestamp=number * 960,
        ssrc=4,
        payload=b"opus",
        is_marked=False,
    )


async def test_every_packet_has_a_number_of_its_line_and_feedback_on_it_is_believed(stage):
    sound = stage.router.source("cam").inject_track("audio", on_keyframe_wanted=lambda: None)
    async with stage.player(kinds=("video", "audio"), numbered=NUMBERED) as peer:
        frame(stage.video, 1)
        count = frame(stage.video, 2, is_key=True)
        for number in range(3):
            sound.inject(sound_packet(number))
        await until(lambda: len(peer.packets) == count + 3)
        assert [number_of(p) for p in peer.packets] == list(range(1, count + 4))
        (session,) = stage.engine.sessions
        estimate = session.line.estimate
        log = twcc.ArrivalLog()
        for at, packet in enumerate(peer.packets):
            log.received(number_of(packet), now=50.0 + at / 100)
        peer.send_rtcp(log.feedback(ssrc=1, media_ssrc=peer.ssrcs["video"]))
        await until(lambda: estimate.has_feedback)
        assert estimate.acknowledged_bps is None  # one report is no rate yet
        assert estimate.bps == START_BPS


async def test_a_numbered_packet_is_sent_again_byte_for_byte(stage):
    async with stage.player(numbered=NUMBERED) as peer:
        await playing(stage, peer)
        first = peer.socket.encrypted[1]
        lost = peer.packets[1].sequence_number
        peer.took_media = lambda buffer, size: None  # a replay cannot be decrypted twice
        before = peer.socket.media
        peer.send_rtcp(rtcp.build_nack(rtcp.Nack(1, peer.ssrcs["video"], (lost,))))
        await until(lambda: first in peer.socket.encrypted[before:])
        assert stage.engine.fanout.counters.retransmitted_total == 1


async def test_feedback_that_cannot_be_read_is_counted(stage):
    async with stage.player(numbered=NUMBERED) as peer:
        await playing(stage, peer)
        counters = stage.engine.media_port.counters
        feedback = rtcp.Feedback(rtcp.RTPFB, rtcp.FMT_TRANSPORT_CC, 1, 2, b"\0\1\0\5" + bytes(6))
        peer.send_rtcp(rtcp.build_feedback(feedback))
        await until(lambda: counters.malformed_total == 1)
        assert stage.engine.sessions[0].is_connected


async def test_who_offers_no_feedback_gets_no_numbers(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        assert all(packet.extensions == {} for packet in peer.packets)
        peer.send_rtcp(rtcp.build_remb(rtcp.Remb(1, 700_000, (peer.ssrcs["video"],))))
        estimate = stage.engine.sessions[0].line.estimate
        await until(lambda: estimate.bps < START_BPS)
        assert 690_000 <= estimate.bps <= 700_000


async def test_a_picture_that_the_line_does_not_carry_is_off_and_comes_back(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        (session,) = stage.engine.sessions
        (out,) = session.outs

        def remb(bps):
            peer.send_rtcp(rtcp.build_remb(rtcp.Remb(1, bps, (peer.ssrcs["video"],))))

        remb(300_000)  # a picture that was not measured yet is taken to have 1.5 Mbit/s
        await until(lambda: out.shown is None)
        assert stage.engine.fanout.counters.ladder_falls_total == 1
        assert session.line.rung is Rung.SOUND
        await until(lambda: session.quality.empty_ms[out.slot] > 0)
        (told,) = streams_told(session.quality)
        assert (told.stream, told.empty_ms) == (out.slot, session.quality.empty_ms[out.slot])
        remb(5_000_000)
        numbers = iter(range(4, 1000))

        def is_back():
            frame(stage.video, next(numbers), is_key=True, size=100)
            return out.shown is not None

        await until(is_back)
        await until(lambda: session.quality.rung == "high")


async def test_keyframes_that_a_player_asks_for_are_counted_by_its_slot(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        (session,) = stage.engine.sessions
        peer.send_rtcp(rtcp.build_pli(rtcp.Pli(1, peer.ssrcs["video"])))
        await until(lambda: session.quality.keyframes[session.outs[0].slot] == 1)
        assert stage.engine.fanout.counters.keyframes_wanted_total == 1
        assert stage.engine.fanout.counters.keyframes_total >= 1


async def test_a_picture_is_spread_on_a_tight_line_and_comes_whole(stage):
    sound = stage.router.source("cam").inject_track("audio", on_keyframe_wanted=lambda: None)
    async with stage.player(kinds=("video", "audio"), numbered=NUMBERED) as peer:
        await playing(stage, peer)
        (session,) = stage.engine.sessions
        remb = rtcp.Remb(1, 1_900_000, (peer.ssrcs["video"],))
        peer.send_rtcp(rtcp.build_remb(remb))  # a picture of 1.5 Mbit/s fits, and little more
        await until(lambda: session.line.pacer.bps is not None)
        before, calls = len(peer.packets), stage.engine.media_port.endpoint.calls_total
        count = frame(stage.video, 3, size=25_000)
        assert stage.engine.media_port.endpoint.calls_total - calls < count / 2
        sound.inject(sound_packet(1))  # it overtakes, and no number does
        await until(lambda: len(peer.packets) == before + count + 1)
        came = peer.packets[before:]
        assert came[-1].ssrc == peer.ssrcs["video"]
        numbers = [p.sequence_number for p in came if p.ssrc == peer.ssrcs["video"]]
        assert numbers == list(range(numbers[0], numbers[0] + count))
        assert [number_of(p) for p in peer.packets] == list(range(1, before + count + 2))


async def test_what_the_relay_itself_had_missed_is_sent_on_as_soon_as_it_has_it(stage):
    async with stage.player(numbered=NUMBERED) as peer:
        await playing(stage, peer)
        kept = []
        inject, stage.video.inject = stage.video.inject, kept.append
        frame(stage.video, 3, size=4000)
        for packet in (*kept[:1], *kept[2:]):
            inject(packet)
        missing = peer.packets[-1].sequence_number + 9  # a frame begins at a multiple of ten
        peer.send_rtcp(rtcp.build_nack(rtcp.Nack(1, peer.ssrcs["video"], (missing,))))
        counters = stage.engine.fanout.counters
        asked = counters.keyframes_wanted_total
        peer.send_rtcp(rtcp.build_pli(rtcp.Pli(1, peer.ssrcs["video"])))
        await until(lambda: counters.keyframes_wanted_total > asked)  # so was what came before
        before = stage.engine.fanout.counters.retransmitted_total
        inject(kept[1], is_last=True)
        await until(lambda: missing in {p.sequence_number for p in peer.packets})
        assert stage.engine.fanout.counters.retransmitted_total == before


async def test_an_overloaded_relay_sends_no_picture_and_then_again(stage):
    async with stage.player() as peer:
        await playing(stage, peer)
        (session,) = stage.engine.sessions
        (out,) = session.outs
        shedding, numbers = stage.engine.load.shedding, iter(range(3, 1000))
        shedding.step = lambda **load: None  # it is told here what the load would tell it

        def shows():
            frame(stage.video, next(numbers), is_key=True, size=100)
            return out.shown is not None

        shedding.cap = Rung.CONTENT
        await until(lambda: not shows())
        assert session.line.rung is Rung.SOUND
        shedding.cap = Rung.HIGH
        await until(shows)


async def test_who_plays_on_this_machine_has_no_line_that_could_be_thin(stage):
    stage.router.is_local = True
    async with stage.player() as peer:
        await playing(stage, peer)
        (session,) = stage.engine.sessions
        peer.send_rtcp(rtcp.build_remb(rtcp.Remb(1, 100_000, (peer.ssrcs["video"],))))
        await until(lambda: session.line.estimate.bps == 100_000)
        stage.engine.load.shedding.cap = Rung.SOUND
        stage.router.serve(now=1e9, cap=Rung.SOUND)
        assert session.outs[0].shown is not None


async def test_what_a_player_reports_is_known_of_each_of_its_slots(stage):
    sound = stage.router.source("cam").inject_track("audio", on_keyframe_wanted=lambda: None)
    async with stage.player(kinds=("video", "audio")) as peer:
        await playing(stage, peer)
        for number in range(3):
            sound.inject(sound_packet(number))
        (session,) = stage.engine.sessions
        slots = {out.kind: out.slot for out in session.outs}
        await until(lambda: slots["audio"] in session.quality.streams)
        blocks = tuple(
            rtcp.ReportBlock(peer.ssrcs[kind], lost, 1, 1003, jitter=clock_rate // 100)
            for kind, lost, clock_rate in (("video", 0, 90_000), ("audio", 64, 48_000))
        )
        peer.send_rtcp(rtcp.build_receiver_report(rtcp.ReceiverReport(1, blocks)))
        await until(lambda: session.quality.mos is not None)
        found = session.quality.streams
        assert (found[slots["audio"]].loss_ratio, found[slots["audio"]].jitter_ms) == (0.25, 10.0)
        assert (found[slots["video"]].loss_ratio, found[slots["video"]].size) == (0.0, Size.HIGH)
        assert 1.0 < session.quality.mos < 3.0
