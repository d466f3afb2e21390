"""What a recorder receives: whole frames by slot, and what it tells the relay meanwhile."""

from dataclasses import replace
from typing import cast

from media.recorder.intake import FEEDBACK_MS, SlotFrame, SlotIntake
from media.transport.leg import Leg
from media.wire import rtcp, rtp, vp8
from media.wire.ice_credentials import Credentials
from media.wire.sdp import Fingerprint, Ssrc
from media.wire.sdp_offer import TRANSPORT_CC_ID, Own, playing
from media.wire.video_codec import VP8_PAYLOAD_TYPE
from tests.waiting import until_blocking

SSRC, REPAIR_SSRC = 77, 78
KEYFRAME = bytes((0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x40, 0x01, 0xB4, 0x00)) + bytes(2_000)
OTHER = bytes((0x11,)) + bytes(500)


class Wire:
    """Keeps what is sent (a Leg, as far as an intake uses one)."""

    rtt_ms = 1.0

    def __init__(self) -> None:
        self.sent: list[rtcp.RtcpPacket] = []

    def send_rtcp(self, compound: bytes) -> None:
        self.sent += rtcp.parse(compound)


def opened() -> tuple[SlotIntake, list[SlotFrame], Wire]:
    taken: list[SlotFrame] = []
    intake, wire = SlotIntake(taken.append), Wire()
    own = Own(Credentials("ufrag", "p" * 22), Fingerprint("sha-256", "00"), (), 1)
    offer = playing(own)
    stage = replace(
        offer.media[0],
        msid="stage video",
        ssrcs=(Ssrc(SSRC, "relay"),),
        repairs=((SSRC, REPAIR_SSRC),),
    )
    leg = cast("Leg", wire)
    intake.opened(leg, replace(offer, media=(stage, *offer.media[1:])))
    intake.up(leg)
    return intake, taken, wire


def packets(frame: bytes, number: int, timestamp: int) -> list[bytes]:
    payloads = list(vp8.packetize(frame, picture_id=number))
    return [
        rtp.build(
            payload_type=VP8_PAYLOAD_TYPE,
            sequence_number=number + index,
            timestamp=timestamp,
            ssrc=SSRC,
            payload=payload,
            is_marked=index == len(payloads) - 1,
            extensions={TRANSPORT_CC_ID: (number + index).to_bytes(2, "big")},
        )
        for index, payload in enumerate(payloads)
    ]


def test_frames_come_whole_and_the_relay_is_told_when_their_packets_came() -> None:
    intake, taken, wire = opened()
    for packet in packets(KEYFRAME, 10, 3_000) + packets(OTHER, 12, 6_600):
        intake.take_rtp(packet)
    assert [(one.slot, one.codec, one.data) for one in taken] == [
        ("stage", "VP8", KEYFRAME),
        ("stage", "VP8", OTHER),
    ]
    assert until_blocking(lambda: intake.now_ms() > FEEDBACK_MS, timeout_s=5)
    intake.tick()
    told = [one for one in wire.sent if isinstance(one, rtcp.Feedback)]
    assert [(one.fmt, one.media_ssrc) for one in told] == [(rtcp.FMT_TRANSPORT_CC, SSRC)]
    intake.report()
    (report,) = [one for one in wire.sent if isinstance(one, rtcp.ReceiverReport)]
    assert [block.ssrc for block in report.reports] == [SSRC]


def test_what_comes_again_by_rtx_fills_its_gap() -> None:
    intake, taken, _ = opened()
    first, last = packets(KEYFRAME, 10, 3_000)
    intake.take_rtp(first)
    for packet in packets(OTHER, 12, 6_600):
        intake.take_rtp(packet)
    assert taken == []
    missing = rtp.parse(last)
    again = rtp.build(
        payload_type=VP8_PAYLOAD_TYPE + 1,
        sequence_number=1,
        timestamp=3_000,
        ssrc=REPAIR_SSRC,
        payload=(11).to_bytes(2) + bytes(missing.payload),
        is_marked=True,
    )
    for _ in range(2):
        intake.take_rtp(again)
    assert [one.data for one in taken] == [KEYFRAME, OTHER]


def test_what_is_missing_is_asked_for_and_what_came_late_is_as_good() -> None:
    intake, taken, wire = opened()
    first, last = packets(KEYFRAME, 10, 3_000)
    intake.take_rtp(first)
    for packet in packets(OTHER, 12, 6_600):
        intake.take_rtp(packet)
    assert taken == []

    def is_asked_for() -> bool:
        intake.tick()
        asked = [one.missing for one in wire.sent if isinstance(one, rtcp.Nack)]
        return asked[:1] == [(11,)]

    assert until_blocking(is_asked_for, timeout_s=5)
    intake.take_rtp(last)
    assert [one.data for one in taken] == [KEYFRAME, OTHER]


def test_a_picture_that_claims_gigabytes_is_not_recorded() -> None:
    intake, taken, _ = opened()
    huge = KEYFRAME[:6] + b"\xff\x3f\xff\x3f" + KEYFRAME[10:]
    for packet in packets(huge, 10, 3_000) + packets(OTHER, 12, 6_600):
        intake.take_rtp(packet)
    assert taken == []
