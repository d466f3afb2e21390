"""What a point tells the relay of the streams it receives."""

import struct

import pytest

from media.client.codecs import VideoEncoder
from media.client.encoded_source import EncodedSource
from media.client.held_back import HOLDS_MS, HeldBack
from media.client.playback import SHOWING_MS, Playback
from media.errors import MalformedPacket
from media.sfu.ladder import Rung
from media.testcard.observed import Observed
from media.wire import rtcp, rtp, twcc
from media.wire.sdp_offer import TRANSPORT_CC_ID, IncomingStream
from tests.fakes.h264 import H264Camera, packets, payloads


def test_a_report_goes_out_before_anything_was_heard():
    sent = []
    playback = Playback(wall_ms=lambda: 0.0, hand_on=lambda slot, packet: None)
    playback.renew([IncomingStream("stage", kind="video", ssrc=5)])
    playback.report()
    playback.send_rtcp = sent.append
    playback.report()
    assert [rtcp.parse(compound) for compound in sent] == [[rtcp.ReceiverReport(1)]]


def test_the_relay_is_told_when_its_numbered_packets_came():
    sent = []
    playback = Playback(wall_ms=lambda: 0.0, hand_on=lambda slot, packet: None)
    playback.renew([IncomingStream("sound-0", kind="audio", ssrc=5)])
    playback.send_rtcp = sent.append
    for number in (65_534, 65_535, 1):  # and 0 does not come
        playback.take_rtp(
            rtp.build(
                payload_type=111,
                sequence_number=number,
                timestamp=number * 960,
                ssrc=5,
                payload=b"",
                is_marked=False,
                extensions={TRANSPORT_CC_ID: number.to_bytes(2)},
            )
        )
    playback.tick()
    playback.tick()
    found = [twcc.read(p.fci) for c in sent for p in rtcp.parse(c) if isinstance(p, rtcp.Feedback)]
    assert [(one.first, [at is not None for at in one.arrivals_ms]) for one in found] == [
        (65_534, [True, True, False, True])
    ]


def test_a_slot_that_the_relay_says_is_empty_shows_nothing_at_once():
    now_ms = 1_000
    playback = Playback(lambda: float(now_ms), lambda slot, packet: None)
    camera = EncodedSource([playback.take_rtp])
    playback.renew([IncomingStream("speaker", kind="video", ssrc=camera.video_ssrc)])
    encoder = VideoEncoder(320, 180, rate_hz=25, bitrate_bps=300_000, gop=250)
    for index in range(3):
        now_ms += 40
        picture = encoder.encode(is_keyframe=index == 0)
        camera.send_picture(picture.data, now_ms * 90, is_keyframe=index == 0)
    assert playback.showing(now_ms) == ["speaker"]
    told = rtcp.build_empty_slots(rtcp.EmptySlots(1, (camera.video_ssrc, 99)))
    playback.take_rtcp(rtcp.parse(told))
    assert playback.showing(now_ms) == []
    picture = encoder.encode(is_keyframe=True)
    camera.send_picture(picture.data, now_ms * 90, is_keyframe=True)
    playback.take_rtcp([])
    assert playback.showing(now_ms) == ["speaker"]


@pytest.mark.parametrize(
    ("uplink_bps", "every_ms"), [(2_000_000, 50), (144_000, 100), (64_000, 225), (20_000, 250)]
)
def test_feedback_takes_a_twentieth_of_the_line_upwards(uplink_bps, every_ms):
    playback = Playback(wall_ms=lambda: 0.0, hand_on=lambda slot, packet: None)
    playback.fit_feedback(uplink_bps)
    assert playback.feedback_every_ms == every_ms


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


class Shades:
    """Keeps how bright each decoded picture is."""

    def __init__(self):
        self.seen = []

    def picture(self, slot, luma, now_ms):
        self.seen.append((luma.shape, float(luma[-20:].mean())))

    def emptied(self, slot, now_ms):
        raise AssertionError(slot)


def test_a_slot_that_changes_to_h264_and_back_is_decoded_all_the_same():
    shades = Shades()
    playback = Playback(lambda: 1_000.0, lambda slot, packet: None, shades)
    vp8 = EncodedSource([playback.take_rtp])
    playback.renew([IncomingStream("stage", kind="video", ssrc=vp8.video_ssrc)])
    encoder = VideoEncoder(320, 180, rate_hz=25, bitrate_bps=300_000, gop=250)
    encoder.planes[0][:] = 40
    vp8.send_picture(encoder.encode(is_keyframe=True).data, 0, is_keyframe=True)
    playback.renew([IncomingStream("stage", kind="video", ssrc=5)])
    number = 900
    camera = H264Camera(640, 360)
    for index in range(4):
        units = camera.picture(is_keyframe=index == 0, shade=200)
        made = packets(payloads(units), number=number, timestamp=index * 3600, ssrc=5)
        number += len(made)
        for packet in made:
            playback.take_rtp(rtp.rebuilt(packet))
    assert [shape for shape, _ in shades.seen] == [(180, 320)] + [(360, 640)] * 4
    assert abs(shades.seen[0][1] - 40) < 4
    assert all(abs(shade - 187) < 6 for _, shade in shades.seen[1:])
    playback.renew([IncomingStream("stage", kind="video", ssrc=vp8.video_ssrc)])
    vp8.send_picture(encoder.encode(is_keyframe=True).data, 3600, is_keyframe=True)
    assert shades.seen[-1][0] == (180, 320)
    assert playback.videos["stage"].decode_failures == 0


def test_an_h264_picture_that_claims_to_be_huge_is_not_decoded():
    playback = Playback(lambda: 1_000.0, lambda slot, packet: None)
    playback.renew([IncomingStream("stage", kind="video", ssrc=5)])
    number = 10
    for width in (1936, 320):
        made = payloads(H264Camera(width, 1080).picture(is_keyframe=True))
        for packet in packets(made, number=number, timestamp=width, ssrc=5):
            playback.take_rtp(rtp.rebuilt(packet))
        number += len(made)
    video = playback.videos["stage"]
    assert (video.refused, video.flow.total.frames) == (1, 1)


def test_what_comes_again_by_rtx_fills_its_gap_and_padding_and_copies_are_nothing():
    handed_on = []
    playback = Playback(wall_ms=lambda: 0.0, hand_on=lambda slot, data: handed_on.append(data))
    playback.renew([IncomingStream("stage", kind="video", ssrc=5, repair_ssrc=6)])

    def take(number, *, ssrc=5, payload_type=96, payload=b"\x10\1\2\3"):
        header = {"timestamp": number * 3600, "ssrc": ssrc, "payload_type": payload_type}
        playback.take_rtp(rtp.build(sequence_number=number, payload=payload, **header))

    for number in (10, 11, 13):
        take(number)
    for again in (12, 12, 11):
        take(again, ssrc=6, payload_type=97, payload=again.to_bytes(2) + b"\x10\1\2\3")
    take(900, ssrc=6, payload_type=97, payload=b"")
    assert [rtp.parse(data).sequence_number for data in handed_on] == [10, 11, 13, 12]
    back = rtp.parse(handed_on[-1])
    assert (back.ssrc, back.payload_type, bytes(back.payload)) == (5, 96, b"\x10\1\2\3")
    assert playback.receptions()["stage"].packets == 4


def test_what_the_relay_holds_back_counts_until_it_says_otherwise_or_nothing():
    now_ms = 10_000
    playback = Playback(lambda: float(now_ms), lambda slot, packet: None)
    playback.renew([IncomingStream("stage", kind="video", ssrc=5)])

    def told(rung, *ssrcs, is_by_load=False):
        held = rtcp.LessSent(1, rung, is_by_load, ssrcs)
        playback.take_rtcp(rtcp.parse(rtcp.build_less_sent(held)))
        return playback.held_back(now_ms)

    assert playback.held_back(now_ms) is None
    assert told(Rung.SOUND, 5, 99) == HeldBack(Rung.SOUND, False, ("stage",), now_ms)
    assert told(Rung.LOW, is_by_load=True) == HeldBack(Rung.LOW, True, (), now_ms)
    assert playback.held_back(now_ms + HOLDS_MS) is not None
    assert playback.held_back(now_ms + HOLDS_MS + 1) is None  # the line is cut
    assert told(Rung.HIGH) is None
    assert told(200) is None  # of a later version
    told(Rung.SOUND, 5)
    playback.renew([])
    assert playback.held_back(now_ms) is None


def test_half_a_word_of_what_is_held_back_is_malformed():
    whole = rtcp.build_less_sent(rtcp.LessSent(1, Rung.SOUND, False))
    with pytest.raises(MalformedPacket):
        rtcp.parse(bytes((0x80, rtcp.APP, 0, 2)) + whole[4:12])


SOUND = IncomingStream("sound-0", kind="audio", ssrc=5)


def spoken(number, *before):
    """Return a sound; with those before it, as a line that loses gets it."""
    heads = b"".join(
        bytes((0x80 | 111,)) + (960 * (number - one) << 10 | 4).to_bytes(3) for one in before
    )
    blocks = b"".join(one.to_bytes(4) for one in (*before, number))
    return rtp.build(
        payload_type=63 if before else 111,
        sequence_number=number,
        timestamp=number * 960,
        ssrc=5,
        payload=heads + b"\x6f" + blocks if before else blocks,
    )


def test_a_sound_that_was_lost_comes_with_the_next_in_its_order_and_once():
    handed_on = []
    playback = Playback(wall_ms=lambda: 0.0, hand_on=lambda slot, data: handed_on.append(data))
    playback.renew([SOUND])
    playback.take_rtp(spoken(10))
    playback.take_rtp(spoken(11, 10))
    for number in (13, 16, 17):  # 12, 14 and 15 are lost
        playback.take_rtp(spoken(number, number - 1))
    playback.take_rtp(spoken(18, 17)[:20])  # cut short
    found = [rtp.parse(data) for data in handed_on]
    assert [one.sequence_number for one in found] == [10, 11, 12, 13, 15, 16, 17]
    for one in found:
        assert (one.payload_type, one.timestamp) == (111, one.sequence_number * 960)
        assert bytes(one.payload) == one.sequence_number.to_bytes(4)
    order = playback._streams[5].order
    assert (order.received_total, order.missing.missing_since(14) is not None) == (7, True)


@pytest.mark.parametrize(
    ("round_trip_ms", "is_redundant", "waits_ms"),
    [(20, False, 75), (80, False, 150), (80, True, 60), (160, False, 250), (250, False, 60)],
)
def test_a_sound_is_waited_for_as_long_as_it_may_come_in_time(
    round_trip_ms, is_redundant, waits_ms
):
    playback = Playback(wall_ms=lambda: 0.0, hand_on=lambda slot, data: None)
    playback.renew([SOUND])
    playback.round_trip_ms = round_trip_ms
    playback.take_rtp(spoken(10))
    playback.take_rtp(spoken(11, *((10,) if is_redundant else ())))
    playback.tick()
    assert playback._streams[5].order.patience_ms == waits_ms
