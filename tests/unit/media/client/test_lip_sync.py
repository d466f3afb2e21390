"""Picture and sound of one moment are said to be of one moment, however late each came.

A clap is captured at one instant; its sound is 30 ms on its way to the next process, its
picture 180 ms, since keyframes are spread. Each hop says of each stream which of its times is
which of the wall clock (sender reports), and what it says puts the clap's two halves together.
"""

import pytest

from media.client.forwarded_source import ForwardedStream
from media.client.playback import Playback
from media.sfu.munger import Munger
from media.sfu.packet_cache import PacketCache
from media.wire import rtcp
from media.wire.media_packet import MediaPacket
from media.wire.reception import Reception
from media.wire.rtp import CLOCK_HZ
from media.wire.sdp import Kind
from media.wire.sdp_offer import IncomingStream

LATE_S: dict[Kind, float] = {"audio": 0.030, "video": 0.180}
CLAP_S = 50.0
FIRST: dict[Kind, int] = {"audio": 4_000_000_000, "video": 77_000}


def source_time(kind: Kind, at_s: float) -> int:
    """Return the RTP time that the browser gives to a moment."""
    return (FIRST[kind] + round(at_s * CLOCK_HZ[kind])) & 0xFFFFFFFF


def told(kind: Kind, at_s: float) -> Reception:
    """Return a stream whose sender said, a little while ago, what its time was then."""
    reception = Reception(1, CLOCK_HZ[kind])
    said = rtcp.SenderReport(1, rtcp.ntp_time(at_s), source_time(kind, at_s), 1, 1)
    reception.reported(said, now=at_s)
    return reception


def packet_of(kind: Kind) -> MediaPacket:
    stamp = source_time(kind, CLAP_S)
    return MediaPacket(1, stamp, True, b"\x10payload", is_keyframe=kind == "video")


def said_of_clap(kind: Kind, stamp: int, report: rtcp.SenderReport, wall_s: float) -> float:
    """Return when the clap was, by a report made at `wall_s`."""
    behind = (report.rtp_timestamp - stamp + 2**31) % 2**32 - 2**31
    return wall_s - behind / CLOCK_HZ[kind]


def forwarded(kind: Kind, *, has_report: bool) -> float:
    stream = ForwardedStream(7, kind)
    stream.reception = told(kind, CLAP_S - 0.5) if has_report else None
    arrived_s = CLAP_S + LATE_S[kind]
    sent = stream.forward(packet_of(kind), PacketCache(64), "VP8", now=arrived_s)
    assert sent is not None
    stamp = int.from_bytes(sent[1][4:8])
    wall_s = CLAP_S + 0.7
    return said_of_clap(kind, stamp, stream.report(wall_s * 1000, now=wall_s), wall_s)


def test_what_goes_up_keeps_the_browsers_relation_of_picture_and_sound() -> None:
    for kind in LATE_S:
        assert forwarded(kind, has_report=True) == pytest.approx(CLAP_S, abs=0.001)


def test_by_arrival_alone_they_would_be_apart_by_what_the_picture_is_later() -> None:
    apart = forwarded("video", has_report=False) - forwarded("audio", has_report=False)
    assert apart == pytest.approx(0.150, abs=0.001)


def test_a_slot_that_is_switched_says_the_time_of_the_new_source_at_once() -> None:
    slot = Munger(ssrc=9, payload_type={"VP8": 96}, clock_rate=90_000)
    now = CLAP_S + LATE_S["video"]
    slot.switch(PacketCache(64), packet_of("video"), now=now, codec="VP8")
    first = slot.outgoing_timestamp(source_time("video", CLAP_S))
    assert first is not None
    at = slot.timestamp_at(now, told("video", CLAP_S - 0.5))
    assert at - first == pytest.approx(LATE_S["video"] * 90_000, abs=2), "so long ago"


def test_the_rooms_own_screen_is_told_what_the_centre_says_of_each_slot() -> None:
    heard: list[tuple[str, int]] = []
    playback = Playback(
        wall_ms=lambda: 0.0,
        hand_on=lambda slot, packet: None,
        hand_on_report=lambda slot, report: heard.append((slot, report.rtp_timestamp)),
    )
    playback.renew([IncomingStream("stage", "video", 5), IncomingStream("sound-0", "audio", 6)])
    playback.take_rtcp(
        [rtcp.SenderReport(ssrc, 1, at, 1, 1) for ssrc, at in ((5, 90), (6, 48), (99, 1))]
    )
    assert heard == [("stage", 90), ("sound-0", 48)]
