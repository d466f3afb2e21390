"""What a participant sends: a picture and a sound, encoded elsewhere, through one leg.

Whoever makes them (the testcard, a camera) gives payloads and their RTP times, and asks
before each picture whether it has to be a keyframe. Everything else is here: numbering,
reports, what the relay asks for, and what was sent and may be asked for again.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from media.client.send_stream import SendStream
from media.client.sinks import PacketSink
from media.transport.leg import Leg
from media.wire import rtcp, vp8
from media.wire.rtp import SOUND_CLOCK_HZ, VIDEO_CLOCK_HZ
from media.wire.sdp_offer import OPUS_PAYLOAD_TYPE, VP8_PAYLOAD_TYPE

KEYFRAME_PAUSE_MS = 200


@dataclass(slots=True)
class SourceCounts:
    """What was made and sent."""

    pictures: int = 0
    pictures_left_out: int = 0
    keyframes: int = 0
    sounds: int = 0
    retransmitted: int = 0


class MediaSource:
    """One participant's picture and sound.

    Args:
        picture_sinks: also get every packet of the picture, such as the room's own screen.
    """

    def __init__(self, picture_sinks: Sequence[PacketSink] = ()) -> None:
        self.counts = SourceCounts()
        self.leg: Leg | None = None
        self.video = SendStream(secrets.randbits(32), VP8_PAYLOAD_TYPE, secrets.randbits(15))
        self.sound = SendStream(secrets.randbits(32), OPUS_PAYLOAD_TYPE, secrets.randbits(15))
        self._picture_sinks = tuple(picture_sinks)
        self._picture_id = secrets.randbits(15)
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

    def take_keyframe_wish(self, now_ms: float) -> bool:
        """Return whether the picture of this time has to be a keyframe; it then is one."""
        if not self._is_keyframe_wanted or now_ms - self._last_keyframe_ms < KEYFRAME_PAUSE_MS:
            return False
        self._is_keyframe_wanted = False
        self._last_keyframe_ms = now_ms
        return True

    def take_rtcp(self, compound: list[rtcp.RtcpPacket]) -> None:
        """Answer what the relay asks for: keyframes and packets it has not got."""
        for packet in compound:
            if isinstance(packet, rtcp.Pli | rtcp.Fir):
                self.want_keyframe()
            elif isinstance(packet, rtcp.Nack):
                self._send_again(packet)

    def send_picture(self, data: bytes, timestamp: int, *, is_keyframe: bool) -> None:
        """Send one VP8 frame; `timestamp` counts the video clock."""
        self.counts.pictures += 1
        self.counts.keyframes += is_keyframe
        payloads = list(vp8.packetize(data, picture_id=self._picture_id))
        self._picture_id = (self._picture_id + 1) % vp8.PICTURE_ID_MODULUS
        for index, payload in enumerate(payloads):
            packet = self._send(
                self.video, payload, timestamp, is_marked=index == len(payloads) - 1
            )
            for sink in self._picture_sinks:
                sink(packet)

    def send_sound(self, payload: bytes, timestamp: int) -> None:
        """Send one Opus frame; `timestamp` counts the sound's clock."""
        self.counts.sounds += 1
        self._send(self.sound, payload, timestamp, is_marked=False)

    def report(self, wall_ms: float) -> None:
        """Send sender reports; call it about once a second."""
        if self.leg is None:
            return
        for stream, rate in ((self.video, VIDEO_CLOCK_HZ), (self.sound, SOUND_CLOCK_HZ)):
            report = stream.report(wall_ms / 1000, round(wall_ms * rate / 1000))
            self.leg.send_rtcp(
                rtcp.build_sender_report(report) + rtcp.build_cname(stream.ssrc, "point")
            )

    def _send(
        self, stream: SendStream, payload: bytes, timestamp: int, *, is_marked: bool
    ) -> bytes:
        number, packet = stream.packet(payload, timestamp, is_marked=is_marked)
        encrypted = self.leg.send_rtp(packet) if self.leg is not None else None
        if encrypted is not None:
            stream.remember(number, encrypted)
        return packet

    def _send_again(self, nack: rtcp.Nack) -> None:
        for stream in (self.video, self.sound):
            if stream.ssrc == nack.media_ssrc and self.leg is not None:
                for datagram in stream.again(nack.missing):
                    self.leg.send_encrypted(datagram)
                    self.counts.retransmitted += 1
