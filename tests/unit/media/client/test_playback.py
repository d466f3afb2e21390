"""What a point tells the relay of the streams it receives."""

from media.client.playback import Playback
from media.wire import rtcp
from media.wire.sdp_offer import IncomingStream


def test_a_report_goes_out_before_anything_was_heard():
    sent = []
    playback = Playback(wall_ms=lambda: 0.0, hand_on=lambda slot, packet: None)
    playback.renew([IncomingStream("stage", is_video=True, ssrc=5)])
    playback.report()
    playback.send_rtcp = sent.append
    playback.report()
    assert [rtcp.parse(compound) for compound in sent] == [[rtcp.ReceiverReport(1)]]
