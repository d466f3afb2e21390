"""What a point tells the relay of the streams it receives."""

import struct

from media.client.codecs import VideoEncoder
from media.client.encoded_source import EncodedSource
from media.client.playback import SHOWING_MS, Playback
from media.testcard.observed import Observed
from media.wire import rtcp
from media.wire.sdp_offer import IncomingStream


def test_a_report_goes_out_before_anything_was_heard():
    sent = []
    playback = Playback(wall_ms=lambda: 0.0, hand_on=lambda slot, packet: None)
    playback.renew([IncomingStream("stage", kind="video", ssrc=5)])
    playback.report()
    playback.send_rtcp = sent.append
    playback.report()
    assert [rtcp.parse(compound) for compound in sent] == [[rtcp.ReceiverReport(1)]]


def test_a_picture_without_a_mark_is_shown_like_any_other():
    now_ms, observed = 1_000, Observed()
    playback = Playback(lambda: float(now_ms), lambda slot, packet: None, observed)
    camera = EncodedSource([playback.take_rtp])
    playback.renew([IncomingStream("stage", kind="video", ssrc=camera.video_ssrc)])
    assert playback.showing(now_ms) == []
    encoder = VideoEncoder(320, 180, rate_hz=25, bitrate_bps=300_000, gop=250)
    for plane in encoder.planes:
        plane[:] = 90
    for index in range(5):
        now_ms += 40
        picture = encoder.encode(is_keyframe=index == 0)
        camera.send_picture(picture.data, index * 3600, is_keyframe=picture.is_keyframe)
    assert playback.showing(now_ms) == ["stage"]
    assert playback.videos["stage"].flow.total.frames == 5
    assert (observed.watch("stage").number, observed.watch("stage").total.unreadable) == (None, 5)
    assert playback.showing(now_ms + SHOWING_MS) == []


def test_a_picture_that_claims_to_be_huge_is_not_decoded():
    playback = Playback(lambda: 1_000.0, lambda slot, packet: None)
    camera = EncodedSource([playback.take_rtp])
    playback.renew([IncomingStream("stage", kind="video", ssrc=camera.video_ssrc)])
    picture = VideoEncoder(64, 64, rate_hz=25, bitrate_bps=100_000, gop=250).encode(
        is_keyframe=True
    )
    for width, height in ((15_500, 15_500), (1921, 64), (64, 64)):
        claimed = picture.data[:6] + struct.pack("<HH", width, height) + picture.data[10:]
        camera.send_picture(claimed, 0, is_keyframe=True)
    video = playback.videos["stage"]
    assert (video.refused, video.flow.total.frames, video.decode_failures) == (2, 1, 0)
