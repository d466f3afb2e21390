"""What a publisher is told: how much it may send, and what of its sound is lost further up."""

from types import SimpleNamespace

import pytest

from media.sfu.counters import SfuCounters
from media.sfu.publisher import Publisher
from media.sfu.router import Router
from media.sfu.session import SessionInfo, SessionListeners
from media.sfu.slots import Viewer
from media.transport.ways import Ways
from media.wire import rtcp, rtp, sdp
from media.wire.sdp_answer import Rates, publish_lines
from media.wire.sdp_offer import publishing
from tests.unit.media.wire.test_sdp_offer import OWN

VIDEO, SOUND, SMALL = 7, 8, 9


class Told:
    """A peer that keeps the RTCP it would send."""

    def __init__(self):
        self.media = SimpleNamespace(max_streams=0)
        self.packets = []

    def send_rtcp(self, compound):
        self.packets += rtcp.parse(compound)

    def of(self, kind):
        return [packet for packet in self.packets if isinstance(packet, kind)]


@pytest.fixture
def publisher():
    listeners = SessionListeners(lambda session: None, lambda session, reason: None)
    fanout = SimpleNamespace(counters=SfuCounters(), ways=Ways())
    source = Router("m1", lambda viewer: {}, fanout).source("p1")
    made = Publisher(
        SessionInfo("m1", Viewer("p1"), "publish"),
        source,
        Rates(),
        listeners,
        on_received=lambda encoding: None,
    )
    offer = publishing(OWN, video_ssrc=VIDEO, small_ssrc=SMALL, sound_ssrc=SOUND, cname="p1")
    made.accept(Told(), publish_lines(sdp.parse(sdp.render(offer))))
    made.peer_connected(made.peer)
    return made


def test_one_who_has_feedback_is_limited_by_remb_at_once_and_again_with_each_report(publisher):
    publisher.tick(now=100.0)
    assert publisher.peer.of(rtcp.Remb) == []
    publisher.limit(300_000)
    publisher.tick(now=101.5)
    said = publisher.peer.of(rtcp.Remb)
    assert [round(remb.bitrate_bps, -3) for remb in said] == [300_000, 300_000]


def test_what_sound_loses_further_up_is_reported_of_sound_alone(publisher):
    for ssrc, payload_type in ((VIDEO, 96), (SOUND, 111)):
        packet = rtp.build(
            payload_type=payload_type,
            sequence_number=1,
            timestamp=1,
            ssrc=ssrc,
            payload=b"\x10\x01" + bytes(10),
        )
        publisher.rtp_received(publisher.peer, memoryview(packet), 100.0)
    publisher.sound_loss_ratio = 0.25
    publisher.tick(now=101.0)
    (report,) = publisher.peer.of(rtcp.ReceiverReport)
    assert {block.ssrc: block.fraction_lost for block in report.reports} == {VIDEO: 0, SOUND: 64}


def test_what_comes_of_each_stream_is_measured_and_so_is_what_froze(publisher):
    def comes(number, now):
        for ssrc, payload_type, clock_rate in ((VIDEO, 96, 90_000), (SOUND, 111, 48_000)):
            packet = rtp.build(
                payload_type=payload_type,
                sequence_number=number,
                timestamp=number * clock_rate // 25,
                ssrc=ssrc,
                payload=b"\x10\x01" + bytes(100),
                is_marked=True,
            )
            publisher.rtp_received(publisher.peer, memoryview(packet), now)

    for number in range(50):
        comes(number, 100.0 + number / 25)
    publisher.tick(now=102.0)
    quality = publisher.quality
    assert quality.streams.keys() == {"video-high", "audio"}
    assert quality.mos == pytest.approx(4.41)
    assert (quality.frozen_ratio, quality.stalled_ratio) == (0.0, 0.0)
    for number in range(50, 400):  # of which every fifth is lost, and the first come a second late
        if number % 5:
            comes(number, max(103.0, 100.0 + number / 25))
            publisher.tick(now=max(103.0, 100.0 + number / 25))
    assert quality.streams["audio"].loss_ratio == pytest.approx(0.18, abs=0.03)
    assert quality.mos < 3.6
    assert quality.frozen_ratio >= 0.1
    assert quality.stalled_ratio == 0.0


@pytest.mark.parametrize(("per_s", "told"), [(60, 20), (200, (33, 50))])
def test_who_sends_much_is_told_soon_what_came(publisher, per_s, told):
    publisher.tick(now=100.0)
    for number in range(2 * per_s):
        now = 100.0 + number / per_s
        if number == per_s:
            publisher.peer.packets.clear()
        packet = rtp.build(
            payload_type=96, sequence_number=number, timestamp=1, ssrc=VIDEO, payload=b"\x10\1",
            extensions={5: number.to_bytes(2)},
        )  # fmt: skip
        publisher.rtp_received(publisher.peer, memoryview(packet), now)
        if number * 20 // per_s != (number - 1) * 20 // per_s:
            publisher.tick(now=now)
    least, most = told if isinstance(told, tuple) else (told, told)
    assert least <= len(publisher.peer.of(rtcp.Feedback)) <= most
