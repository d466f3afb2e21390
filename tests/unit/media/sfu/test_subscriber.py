"""What a viewer's reports say of his line."""

from types import SimpleNamespace

import pytest

from media.sfu.counters import SfuCounters
from media.sfu.router import Router
from media.sfu.session import SessionInfo, SessionListeners
from media.sfu.slots import Viewer
from media.sfu.subscriber import Subscriber
from media.transport.ways import Ways
from media.wire import rtcp, rtp, sdp
from media.wire.sdp_answer import play_lines
from media.wire.sdp_offer import playing
from media.wire.video_codec import OPUS_PAYLOAD_TYPE
from tests.unit.media.sfu.test_publisher import Told
from tests.unit.media.wire.test_sdp_offer import OWN

SLOTS = {"video": ("stage",), "audio": ("sound-0", "sound-1")}


class Viewing(Told):
    """A peer of one who plays."""

    def put_away(self, exc):
        raise exc


class Meeting:
    """A router of which one viewer hears two sounds."""

    def __init__(self):
        listeners = SessionListeners(lambda session: None, lambda session, reason: None)
        fanout = SimpleNamespace(
            counters=SfuCounters(), ways=Ways(), send_round=lambda outs, packets, now: None
        )
        self.router = Router("m1", lambda viewer: {"sound-0": "a", "sound-1": "b"}, fanout)
        self.viewer = Subscriber(SessionInfo("m1", Viewer("p1"), "play"), fanout, listeners)
        offer = sdp.parse(sdp.render(playing(OWN)))
        self.viewer.accept(Viewing(), play_lines(offer, SLOTS, iter(range(1, 99))))
        self.viewer.peer_connected(self.viewer.peer)
        self.router.subscribers.append(self.viewer)

    def sounds(self, name):
        """Return a track whose first packet has come."""
        track = self.router.source(name).inject_track("audio", on_keyframe_wanted=lambda: None)
        track.inject(
            rtp.build(
                payload_type=OPUS_PAYLOAD_TYPE,
                sequence_number=1,
                timestamp=960,
                ssrc=7,
                payload=b"\x78" + bytes(40),
            )
        )
        return track

    def reported(self, lost, *, now, lsr=0):
        """Report of slots that so much was lost of each, and look a second later."""
        ssrcs = {out.slot: out.rewriter.ssrc for out in self.viewer.outs}
        blocks = tuple(
            rtcp.ReportBlock(ssrcs[slot], round(256 * ratio), 0, 1, 0, lsr)
            for slot, ratio in lost.items()
        )
        report = rtcp.build_receiver_report(rtcp.ReceiverReport(9, blocks))
        self.viewer.rtcp_received(self.viewer.peer, report, now)
        self.viewer.tick(now=now + 1)


@pytest.fixture
def meeting():
    return Meeting()


def test_what_was_lost_of_a_sound_that_has_ended_is_not_held_against_the_line(meeting):
    one, other = meeting.sounds("a"), meeting.sounds("b")
    meeting.reported({"sound-0": 0.0, "sound-1": 0.5}, now=100.0)
    assert meeting.viewer.quality.loss_ratio == 0.5
    other.close()
    meeting.reported({"sound-0": 0.0}, now=101.0)
    meeting.reported({"sound-0": 0.0}, now=102.0)
    assert meeting.viewer.quality.loss_ratio == 0.0
    meeting.reported({"sound-1": 0.5}, now=103.0)
    assert meeting.viewer.quality.loss_ratio == 0.0, "nothing is sent there"
    one.close()


def test_the_round_trip_is_measured_by_the_steady_clock_alone(meeting):
    meeting.sounds("a")
    meeting.viewer.tick(now=50_000.0)  # as no wall clock says now
    sent = meeting.viewer.peer.of(rtcp.SenderReport)[-1]
    meeting.reported({"sound-0": 0.0}, now=50_000.25, lsr=rtcp.middle32(sent.ntp))
    assert meeting.viewer.quality.rtt_ms == pytest.approx(250, abs=1)
