"""What a participant sends: a picture in two sizes and a sound, made elsewhere, through one leg.

Here is what all makers share: which leg it goes into, its reports, what the relay asks for,
and what was sent and may be asked for again. `encoded_source.py` is for who encodes (the
testcard), `forwarded_source.py` for who has packets (the room's browser).
"""

import secrets
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from media.client.sent_packets import SentPackets
from media.sfu.sizes import SENT, Size
from media.transport.leg import Leg
from media.wire import rtcp
from media.wire.video_codec import BASE, CodecName


@dataclass(slots=True)
class SourceCounts:
    """What was made and sent."""

    pictures: int = 0
    small_pictures: int = 0
    pictures_left_out: int = 0
    keyframes: int = 0
    sounds: int = 0
    retransmitted: int = 0


class OutgoingStream(Protocol):
    """One SSRC that is sent."""

    @property
    def ssrc(self) -> int:
        """Its SSRC."""

    @property
    def sent(self) -> SentPackets:
        """What may be asked for again."""

    def renew(self, first: int) -> None:
        """Number anew under new keys, from `first` where it may choose."""

    def report(self, wall_ms: float, *, now: float) -> rtcp.SenderReport:
        """Return the sender report of this moment."""


class MediaSource(ABC):
    """One participant's picture and sound."""

    def __init__(self, video: OutgoingStream, sound: OutgoingStream, small: OutgoingStream) -> None:
        self.counts = SourceCounts()
        self.says_levels = False  # as the relay's answer allows
        self.leg: Leg | None = None
        self._streams: Sequence[OutgoingStream] = (video, sound, small)

    @property
    def video_ssrc(self) -> int:
        """The picture's SSRC."""
        return self._streams[0].ssrc

    @property
    def sound_ssrc(self) -> int:
        """The sound's SSRC."""
        return self._streams[1].ssrc

    @property
    def small_ssrc(self) -> int:
        """The SSRC of the picture's low size."""
        return self._streams[2].ssrc

    @property
    def video_codecs(self) -> Sequence[CodecName]:
        """What the picture can be sent in, the best first."""
        return (BASE,)

    def agree(self, codec: CodecName) -> None:
        """Note which of them the relay has taken."""
        del codec  # there is one

    @abstractmethod
    def want_keyframe(self, size: Size = Size.HIGH) -> None:
        """Make the next picture of a size a keyframe, as soon as one may be asked for."""

    def attach(self, leg: Leg | None) -> None:
        """Send into this leg from now on (None: into none), beginning with a keyframe."""
        self.leg = leg
        for stream in self._streams:
            if leg is None:
                stream.sent.forget()
            else:
                stream.renew(secrets.randbits(15))
        for size in SENT:
            self.want_keyframe(size)

    def take_rtcp(self, compound: list[rtcp.RtcpPacket]) -> None:
        """Answer what the relay asks for: keyframes and packets it has not got."""
        for packet in compound:
            if isinstance(packet, rtcp.Pli):
                self.want_keyframe(self._size_of(packet.media_ssrc))
            elif isinstance(packet, rtcp.Fir):
                for ssrc in packet.media_ssrcs:
                    self.want_keyframe(self._size_of(ssrc))
            elif isinstance(packet, rtcp.Nack):
                self._send_again(packet)

    def _size_of(self, ssrc: int) -> Size:
        return Size.LOW if ssrc == self.small_ssrc else Size.HIGH

    def report(self, wall_ms: float, *, now: float) -> None:
        """Send sender reports; call it about once a second."""
        if self.leg is None:
            return
        for stream in self._streams:
            report = stream.report(wall_ms, now=now)
            self.leg.send_rtcp(
                rtcp.build_sender_report(report) + rtcp.build_cname(stream.ssrc, "point")
            )

    def _send(self, stream: OutgoingStream, number: int, packet: bytes) -> None:
        encrypted = self.leg.send_rtp(packet) if self.leg is not None else None
        if encrypted is not None:
            stream.sent.remember(number, encrypted)

    def _send_again(self, nack: rtcp.Nack) -> None:
        for stream in self._streams:
            if stream.ssrc == nack.media_ssrc and self.leg is not None:
                for datagram in stream.sent.again(nack.missing):
                    self.leg.send_encrypted(datagram)
                    self.counts.retransmitted += 1
