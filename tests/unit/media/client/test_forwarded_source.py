"""What the browser publishes goes up as it is: numbers, keyframes, the muted microphone."""

import asyncio
from types import SimpleNamespace
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from media.client.forwarded_source import ForwardedSource
from media.sfu.counters import SfuCounters
from media.sfu.encoding import Encoding, Upstream
from media.sfu.fanout import Fanout
from media.sfu.sizes import Size
from media.transport.leg import Leg
from media.transport.ways import Ways
from media.wire import rtcp, rtp, vp8
from media.wire.sdp import Kind
from tests.fakes.h264 import H264Camera, payloads
from tests.waiting import until

KEYFRAME = b"\x00\x00\x00\x9d\x01\x2a" + (640).to_bytes(2, "little") + (360).to_bytes(2, "little")
INTER = b"\x01" + b"\x00" * 20


STREAMS: tuple[tuple[Kind, Size], ...] = (
    ("video", Size.HIGH),
    ("audio", Size.HIGH),
    ("video", Size.LOW),
)


BOTH = frozenset((Size.HIGH, Size.LOW))


class KeptLeg:
    """A leg that keeps what is sent into it, decrypted."""

    rtt_ms = None

    def __init__(self) -> None:
        self.packets: list[rtp.RtpPacket] = []
        self.datagrams: list[bytes] = []

    def send_rtp(self, packet: bytes) -> bytes:
        self.packets.append(rtp.parse(packet))
        return b"encrypted " + packet

    def send_encrypted(self, datagram: bytes) -> None:
        self.datagrams.append(datagram)


class Browser:
    """Publishes one picture and one sound to a source."""

    def __init__(self, *, is_heard: bool = True) -> None:
        self.is_heard = is_heard
        self.asked: list[Size] = []
        self.wanted: list[frozenset[Size]] = []
        self.source = ForwardedSource(
            self._ask, lambda: self.is_heard, on_wanted=self.wanted.append
        )
        self.leg = KeptLeg()
        fanout = cast("Fanout", SimpleNamespace(counters=SfuCounters(), ways=Ways()))
        upstream = Upstream(want_keyframe=lambda ssrc: None, send_again=lambda ssrc, missing: None)
        self.video, self.sound, self.small = (
            Encoding(
                "own",
                kind,
                fanout,
                upstream,
                on_revived=lambda: None,
                size=size,
                sinks=[self.source],
            )
            for kind, size in STREAMS
        )

    def _ask(self, size: Size) -> None:
        self.asked.append(size)

    def attach(self) -> None:
        self.source.attach(cast("Leg", self.leg))

    def small_picture(self, number: int, *, is_keyframe: bool = False) -> None:
        data = KEYFRAME if is_keyframe else INTER
        (payload,) = vp8.packetize(data, picture_id=number)
        self._send(self.small, payload, number, 6, payload_type=120)

    def picture(self, number: int, *, is_keyframe: bool = False, ssrc: int = 7) -> None:
        data = KEYFRAME if is_keyframe else INTER
        (payload,) = vp8.packetize(data, picture_id=number)
        self._send(self.video, payload, number, ssrc, payload_type=120)

    def speech(self, number: int, ssrc: int = 8) -> None:
        self._send(self.sound, b"opus", number, ssrc, payload_type=109)

    def _send(
        self, encoding: Encoding, payload: bytes, number: int, ssrc: int, *, payload_type: int
    ) -> None:
        packet = rtp.build(
            payload_type=payload_type,
            sequence_number=number & 0xFFFF,
            timestamp=number * 3600 & 0xFFFFFFFF,
            ssrc=ssrc,
            payload=payload,
            is_marked=True,
        )
        encoding.receive(rtp.parse(packet), now=100.0 + number / 25)
        encoding.flush(now=100.0 + number / 25)


def numbers(packets: list[rtp.RtpPacket]) -> list[int]:
    return [packet.sequence_number for packet in packets]


def test_a_picture_begins_with_a_keyframe_and_keeps_its_gaps():
    browser = Browser()
    browser.picture(1, is_keyframe=True)  # nobody is there yet
    browser.attach()
    assert browser.asked == [Size.HIGH, Size.LOW]
    browser.picture(2)
    assert browser.leg.packets == []
    for number in (3, 4, 6, 5):
        browser.picture(number, is_keyframe=number == 3)
    first = numbers(browser.leg.packets)[0]
    assert numbers(browser.leg.packets) == [first, first + 1, first + 3, first + 2]
    assert {packet.ssrc for packet in browser.leg.packets} == {browser.source.video_ssrc}


@given(st.integers(0, 65_535), st.integers(0, 65_535))
def test_a_browser_that_publishes_anew_goes_on_in_the_same_stream(before: int, after: int):
    browser = Browser()
    browser.attach()
    for index, (number, ssrc) in enumerate(
        ((before, 7), (before + 1, 7), (after, 9), (after + 1, 9))
    ):
        browser.picture(number, is_keyframe=index in (0, 2), ssrc=ssrc)
    sent = browser.leg.packets
    first = sent[0].sequence_number
    assert numbers(sent) == [first, first + 1, first + 2, first + 3]
    ids = [vp8.parse(packet.payload).picture_id or 0 for packet in sent]
    assert [(one - ids[0]) & 0x7FFF for one in ids] == [0, 1, 2, 3]
    assert {packet.ssrc for packet in sent} == {browser.source.video_ssrc}


def test_what_a_muted_microphone_gives_does_not_leave_the_room():
    browser = Browser(is_heard=False)
    browser.attach()
    browser.speech(1)
    assert browser.leg.packets == []
    browser.is_heard = True
    browser.speech(2)
    browser.is_heard = False
    browser.speech(3)
    assert [bytes(packet.payload) for packet in browser.leg.packets] == [b"opus"]
    assert browser.source.counts.sounds == 1


def test_each_size_goes_up_in_a_stream_of_its_own():
    browser = Browser()
    browser.attach()
    for number in (1, 2, 3):
        browser.picture(number, is_keyframe=number == 1)
        browser.small_picture(number + 70, is_keyframe=number == 2)
    high, low = browser.source.video_ssrc, browser.source.small_ssrc
    assert [packet.ssrc for packet in browser.leg.packets] == [high, high, low, high, low]
    assert (browser.source.counts.pictures, browser.source.counts.small_pictures) == (3, 2)
    browser.asked.clear()
    browser.source.take_rtcp([rtcp.Pli(1, low), rtcp.Fir(1, (high,)), rtcp.Pli(1, 5)])
    assert browser.asked == [Size.LOW, Size.HIGH, Size.HIGH]


def paused(source: ForwardedSource, ssrc: int, kind: rtcp.PauseKind, number: int) -> None:
    said = rtcp.build_pause(rtcp.Pause(1, ssrc, kind, number))
    source.take_rtcp(rtcp.parse(said))


def test_a_size_that_nobody_sees_is_not_sent_and_comes_back_without_a_gap():
    browser = Browser()
    browser.attach()
    high, low = browser.source.video_ssrc, browser.source.small_ssrc
    for number in range(1, 9):
        browser.picture(number, is_keyframe=number in (1, 6))
        browser.small_picture(number, is_keyframe=number == 1)
        if number == 2:
            paused(browser.source, high, rtcp.PauseKind.PAUSE, 1)
        if number == 4:
            browser.asked.clear()
            paused(browser.source, high, rtcp.PauseKind.RESUME, 1)
            paused(browser.source, high, rtcp.PauseKind.PAUSE, 1)  # late: it is over
            assert browser.asked == [Size.HIGH]
    sent = [packet for packet in browser.leg.packets if packet.ssrc == high]
    first = sent[0].sequence_number
    assert numbers(sent) == list(range(first, first + 5))  # 1, 2 and 6, 7, 8
    assert sum(packet.ssrc == low for packet in browser.leg.packets) == 8
    assert browser.wanted == [BOTH, BOTH - {Size.HIGH}, BOTH]


def test_a_new_leg_wants_both_sizes_and_none_wants_none():
    browser = Browser()
    browser.attach()
    paused(browser.source, browser.source.small_ssrc, rtcp.PauseKind.PAUSE, 7)
    browser.source.attach(None)
    browser.attach()
    assert browser.wanted == [BOTH, BOTH - {Size.LOW}, frozenset(), BOTH]


def test_what_is_asked_for_again_is_repeated_byte_for_byte():
    browser = Browser()
    browser.attach()
    browser.picture(1, is_keyframe=True)
    number = browser.leg.packets[0].sequence_number
    browser.source.take_rtcp([rtcp.Nack(1, browser.source.video_ssrc, (number, number + 9))])
    assert len(browser.leg.datagrams) == 1
    assert rtp.parse(browser.leg.datagrams[0][10:]) == browser.leg.packets[0]


def test_under_new_keys_nothing_old_is_repeated_and_a_keyframe_comes_first():
    browser = Browser()
    browser.attach()
    browser.picture(1, is_keyframe=True)
    number = browser.leg.packets[0].sequence_number
    browser.leg = KeptLeg()
    browser.attach()
    browser.source.take_rtcp([rtcp.Nack(1, browser.source.video_ssrc, (number,))])
    browser.picture(2)
    assert (browser.leg.datagrams, browser.leg.packets) == ([], [])
    browser.picture(3, is_keyframe=True)
    assert len(browser.leg.packets) == 1


class H264Browser(Browser):
    """Publishes H.264 where it is told to; `told` is what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.source = ForwardedSource(
            self._ask,
            lambda: True,
            codecs=lambda: ("H264", "VP8"),
            on_agreed=self.told.append,
        )
        fanout = cast("Fanout", SimpleNamespace(counters=SfuCounters(), ways=Ways()))
        upstream = Upstream(want_keyframe=lambda ssrc: None, send_again=lambda ssrc, missing: None)
        self.video = Encoding(
            "own",
            "video",
            fanout,
            upstream,
            on_revived=lambda: None,
            sinks=[self.source],
            codecs={120: "VP8", 121: "H264"},
        )
        self.camera = H264Camera(320, 180)

    def h264(self, number: int) -> None:
        for payload in payloads(self.camera.picture(), most=4000):
            self._send(self.video, payload, number, 9, payload_type=121)
            number += 1


def test_what_the_relay_has_taken_goes_up_under_its_own_type_and_nothing_else() -> None:
    browser = H264Browser()
    browser.attach()
    assert browser.source.video_codecs == ("H264", "VP8")
    browser.picture(1, is_keyframe=True)
    browser.source.agree("H264")
    assert browser.told == ["H264"]
    browser.picture(2, is_keyframe=True)  # what was on its way
    browser.h264(100)
    browser.source.agree("VP8")
    browser.h264(200)
    browser.picture(3, is_keyframe=True)
    sent = browser.leg.packets
    types = [packet.payload_type for packet in sent]
    assert types[0] == types[-1] == 96
    assert len(types) > 3 and set(types[1:-1]) == {102}
    first = sent[0].sequence_number
    assert numbers(sent) == list(range(first, first + len(sent)))


async def test_pictures_that_are_given_up_begin_anew_in_each_size() -> None:
    browser = Browser()
    browser.source.is_numbered = True
    browser.source.rate.estimate.begin(500_000)
    browser.attach()
    for number in range(1_000):
        browser.picture(number, is_keyframe=number == 0)
        browser.small_picture(number, is_keyframe=number == 0)
    browser.asked.clear()
    turns = asyncio.create_task(browser.source.run())
    await until(lambda: browser.source.counts.given_up)
    turns.cancel()
    assert set(browser.asked) == BOTH


async def test_a_browser_encodes_no_small_picture_that_the_line_has_no_room_for():
    browser = Browser()
    browser.source.is_numbered = True
    browser.source.rate.estimate.begin(200_000)
    browser.attach()
    turns = asyncio.create_task(browser.source.run())
    await until(lambda: browser.wanted[-1] == frozenset((Size.HIGH,)))
    browser.source.rate.estimate.begin(500_000)
    await until(lambda: browser.wanted[-1] == BOTH)
    pause = rtcp.Pause(1, browser.source.video_ssrc, rtcp.PauseKind.PAUSE, 1)
    browser.source.take_rtcp([pause])
    browser.source.rate.estimate.begin(200_000)
    await until(lambda: browser.source.shares.picture_bps == 0)
    assert browser.wanted[-1] == frozenset((Size.LOW,))
    assert browser.source.shares.small_bps == 100_000
    turns.cancel()


def test_a_metered_line_carries_the_small_picture_where_it_is_the_only_one():
    browser = Browser()
    browser.source.is_metered = lambda: True
    browser.attach()
    assert browser.wanted[-1] == frozenset((Size.HIGH,))
    browser.picture(1, is_keyframe=True)
    browser.small_picture(1, is_keyframe=True)
    assert {one.ssrc for one in browser.leg.packets} == {browser.source.video_ssrc}
    browser.asked.clear()
    pause = rtcp.Pause(1, browser.source.video_ssrc, rtcp.PauseKind.PAUSE, 1)
    browser.source.take_rtcp([pause])
    assert browser.wanted[-1] == frozenset((Size.LOW,))
    assert browser.asked == [Size.LOW]
    browser.small_picture(2, is_keyframe=True)
    assert browser.leg.packets[-1].ssrc == browser.source.small_ssrc
