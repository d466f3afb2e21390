"""The synthetic source: a picture every 40 ms and a sound every 20 ms of the wall clock.

Both are paced to the grid of the wall clock, and their RTP timestamps count it, so that
a receiver can tell how old each is. On a busy machine a picture is made late, with the
time of its slot; those more than 120 ms behind are left out, and their numbers missing.

Encoding runs on the event loop: at 640x360 a picture takes 1 to 3 ms, less than the two
changes of thread would cost on a machine that has other work.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from media.client.codecs import SOUND_CLOCK_HZ, VIDEO_CLOCK_HZ, SoundEncoder, VideoEncoder
from media.client.send_stream import SendStream
from media.testcard import frame_clock, marker, tone
from media.testcard.picture import HEIGHT, WIDTH, Picture
from media.transport.leg import Leg
from media.wire import rtcp, vp8
from media.wire.sdp_offer import OPUS_PAYLOAD_TYPE, VP8_PAYLOAD_TYPE
from runtime.guard import keep

PICTURE_RATE_HZ = 1000 // marker.SLOT_MS
KEYFRAME_EVERY_FRAMES = 10 * PICTURE_RATE_HZ
KEYFRAME_PAUSE_MS = 200
REPORT_EVERY_MS = 1_000
_MOST_LATE_PICTURES = 3
_MOST_LATE_FRAMES = 10

WallMs = Callable[[], float]
HandOn = Callable[[str, bytes], None]
OWN = "own"


@dataclass(slots=True)
class SourceCounts:
    """What the source has made."""

    pictures: int = 0
    pictures_left_out: int = 0
    keyframes: int = 0
    sounds: int = 0
    retransmitted: int = 0


class Source:
    """Makes pictures and sound while it runs, and sends them where a leg is attached.

    Args:
        wall_ms: the corrected wall clock in milliseconds since the epoch.
        hand_on: also gets every packet of the picture, for the room's own screen.
        is_silent: sends silence in place of the rhythm.
    """

    def __init__(
        self,
        picture: Picture,
        *,
        point_number: int,
        bitrate_bps: int,
        wall_ms: WallMs,
        hand_on: HandOn,
        is_silent: bool = False,
    ) -> None:
        self.counts = SourceCounts()
        self.leg: Leg | None = None
        self.video = SendStream(secrets.randbits(32), VP8_PAYLOAD_TYPE, secrets.randbits(15))
        self.sound = SendStream(secrets.randbits(32), OPUS_PAYLOAD_TYPE, secrets.randbits(15))
        self._picture = picture
        self._number = 0 if is_silent else point_number
        self._wall_ms = wall_ms
        self._hand_on = hand_on
        self._picture_id = secrets.randbits(15)
        self._encoder = VideoEncoder(
            WIDTH,
            HEIGHT,
            rate_hz=PICTURE_RATE_HZ,
            bitrate_bps=bitrate_bps,
            gop=KEYFRAME_EVERY_FRAMES,
        )
        self._sound_encoder = SoundEncoder()
        self._is_keyframe_wanted = True
        self._last_keyframe_ms = 0.0

    def attach(self, leg: Leg | None) -> None:
        """Send into this leg from now on (None: into none), beginning with a keyframe."""
        self.leg = leg
        self._is_keyframe_wanted = True
        for stream in (self.video, self.sound):
            if leg is None:
                stream.forget()
            else:
                stream.renew(secrets.randbits(15))

    def want_keyframe(self) -> None:
        """Make the next picture a keyframe, at most every 200 ms."""
        self._is_keyframe_wanted = True

    def take_rtcp(self, compound: list[rtcp.RtcpPacket]) -> None:
        """Answer what the relay asks for: keyframes and packets it has not got."""
        for packet in compound:
            if isinstance(packet, rtcp.Pli | rtcp.Fir):
                self.want_keyframe()
            elif isinstance(packet, rtcp.Nack):
                self._send_again(packet)

    async def run(self) -> None:
        """Make pictures and sound until cancelled."""
        async with asyncio.TaskGroup() as group:
            keep(group, self._run_pictures, name="pictures")
            keep(group, self._run_sound, name="sound")
            keep(group, self._run_reports, name="sender-reports")

    async def _run_pictures(self) -> None:
        """Make every picture, late ones too, as a camera's queue would; the oldest are left out."""
        made: int | None = None
        while True:
            newest = await self._next_slot(marker.SLOT_MS) // marker.SLOT_MS
            slots = frame_clock.due(made, newest, most_late=_MOST_LATE_PICTURES)
            self.counts.pictures_left_out += frame_clock.left_out(made, slots)
            for slot in slots:
                slot_ms = slot * marker.SLOT_MS
                is_keyframe = self._take_keyframe_wish(slot_ms)
                data = self._encode(slot_ms, is_keyframe=is_keyframe)
                if data is not None:
                    self._send_picture(data, slot_ms)
            made = newest

    async def _run_sound(self) -> None:
        """Make every frame of sound, late ones too: a listener bridges a delay, not a hole."""
        made: int | None = None
        while True:
            slot_ms = await self._next_slot(tone.FRAME_MS)
            # A frame is complete when its last sample is taken: it began 20 ms ago.
            newest = slot_ms // tone.FRAME_MS - 1
            if self.leg is not None:
                for index in frame_clock.due(made, newest, most_late=_MOST_LATE_FRAMES):
                    self._make_sound(index)
            made = newest

    def _make_sound(self, index: int) -> None:
        timestamp = index * tone.FRAME_SAMPLES
        payload = self._sound_encoder.encode(self._samples(index))
        if payload:
            self.counts.sounds += 1
            self._send(self.sound, payload, timestamp, is_marked=False)

    async def _run_reports(self) -> None:
        while True:
            await self._next_slot(REPORT_EVERY_MS)
            if self.leg is None:
                continue
            now_ms = self._wall_ms()
            for stream, rate in ((self.video, VIDEO_CLOCK_HZ), (self.sound, SOUND_CLOCK_HZ)):
                report = stream.report(now_ms / 1000, round(now_ms * rate / 1000))
                self.leg.send_rtcp(
                    rtcp.build_sender_report(report) + rtcp.build_cname(stream.ssrc, "point")
                )

    async def _next_slot(self, slot_ms: int) -> int:
        """Sleep until the wall clock's next multiple of slot_ms; return it."""
        now_ms = self._wall_ms()
        target = (int(now_ms) // slot_ms + 1) * slot_ms
        await asyncio.sleep((target - now_ms) / 1000)
        late = self._wall_ms()
        return target if late < target + slot_ms else int(late) // slot_ms * slot_ms

    def _samples(self, index: int) -> tone.Samples:
        if self._number == 0:
            return np.zeros(tone.FRAME_SAMPLES, dtype=np.int16)
        return tone.frame(self._number, index)

    def _take_keyframe_wish(self, slot_ms: int) -> bool:
        if not self._is_keyframe_wanted or slot_ms - self._last_keyframe_ms < KEYFRAME_PAUSE_MS:
            return False
        self._is_keyframe_wanted = False
        self._last_keyframe_ms = slot_ms
        return True

    def _encode(self, slot_ms: int, *, is_keyframe: bool) -> bytes | None:
        self._picture.draw(self._encoder.planes, slot_ms)
        encoded = self._encoder.encode(is_keyframe=is_keyframe)
        if encoded is None:
            return None
        self.counts.pictures += 1
        self.counts.keyframes += encoded.is_keyframe
        return encoded.data

    def _send_picture(self, data: bytes, slot_ms: int) -> None:
        timestamp = slot_ms * VIDEO_CLOCK_HZ // 1000
        payloads = list(vp8.packetize(data, picture_id=self._picture_id))
        self._picture_id = (self._picture_id + 1) % vp8.PICTURE_ID_MODULUS
        for payload in payloads[:-1]:
            self._send(self.video, payload, timestamp, is_marked=False)
        self._send(self.video, payloads[-1], timestamp, is_marked=True)

    def _send(self, stream: SendStream, payload: bytes, timestamp: int, *, is_marked: bool) -> None:
        number, packet = stream.packet(payload, timestamp, is_marked=is_marked)
        if stream is self.video:
            self._hand_on(OWN, packet)
        encrypted = self.leg.send_rtp(packet) if self.leg is not None else None
        if encrypted is not None:
            stream.remember(number, encrypted)

    def _send_again(self, nack: rtcp.Nack) -> None:
        for stream in (self.video, self.sound):
            if stream.ssrc == nack.media_ssrc and self.leg is not None:
                for datagram in stream.again(nack.missing):
                    self.leg.send_encrypted(datagram)
                    self.counts.retransmitted += 1
