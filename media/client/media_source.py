"""What a participant sends: a picture in two sizes and a sound, made elsewhere, through one leg.

Here is what all makers share: which leg it goes into, its reports, what the relay asks for,
what was sent and may be asked for again, and what the line carries (`uplink_rate.py`): sound
goes at once, pictures by turns (`paced_queue.py`). `encoded_source.py` is for who encodes
(the testcard), `forwarded_source.py` for who has packets (the room's browser).
"""

import asyncio
import contextlib
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from media.client.paced_queue import PacedQueue
from media.client.sent_packets import SentPackets
from media.client.uplink_rate import Shares, UplinkRate
from media.sfu.sizes import SENT, Size, affordable
from media.transport.leg import Leg
from media.wire import rtcp, rtp
from media.wire.sdp_offer import NUMBER_AT, PADDING_PAYLOAD_TYPE, TRANSPORT_CC_ID
from media.wire.seqnum import difference16
from media.wire.video_codec import BASE, CodecName

# Until its first reports an uplink is taken to carry this much.
START_BPS = 1_000_000
PICTURE_MAX_BPS = 2_500_000
LONGEST_NAP_S = 0.02
AGAIN_PAUSE_S = 0.01
IP_UDP_SRTP_BYTES = 28 + 16  # what a packet of RTP grows by on the line
NO_NUMBER = {TRANSPORT_CC_ID: bytes(2)}


@dataclass(slots=True)
class SourceCounts:
    """What was made and sent."""

    pictures: int = 0
    small_pictures: int = 0
    pictures_left_out: int = 0
    keyframes: int = 0
    sounds: int = 0
    retransmitted: int = 0
    given_up: int = 0
    octets: int = 0  # of RTP, whole packets


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


@dataclass(slots=True)
class _Pause:
    """Whether a size is asked to pause, and which pause that is or was the last."""

    is_on: bool = False
    id: int = 0


class MediaSource(ABC):
    """One participant's picture and sound."""

    def __init__(
        self,
        video: OutgoingStream,
        sound: OutgoingStream,
        small: OutgoingStream,
        *,
        picture_max_bps: int = PICTURE_MAX_BPS,
    ) -> None:
        self.counts = SourceCounts()
        self.says_levels = False  # as the relay's answer allows
        self.is_numbered = False  # the same
        self.is_metered: Callable[[], bool] = lambda: False  # whether each byte costs
        self.rate = UplinkRate(start_bps=START_BPS, picture_max_bps=picture_max_bps)
        self.shares = Shares(picture_max_bps, picture_max_bps)
        self._queue = PacedQueue[tuple[OutgoingStream, int, bytes]]()
        self._has_queued = asyncio.Event()
        self._padding_ssrc = secrets.randbits(32)
        self._padding_number = secrets.randbits(15)
        self.leg: Leg | None = None
        self.sound_loss_ratio = 0.0  # on the line upwards, as the relay reports it
        self._streams: Sequence[OutgoingStream] = (video, sound, small)
        self._pauses = {size: _Pause() for size in SENT}

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
        self._queue.clear()
        for stream in self._streams:
            if leg is None:
                stream.sent.forget()
            else:
                stream.renew(secrets.randbits(15))
        self._pauses = {size: _Pause() for size in SENT}
        self._wanted_changed()
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
            elif isinstance(packet, rtcp.Feedback) and packet.fmt == rtcp.FMT_TRANSPORT_CC:
                if packet.packet_type == rtcp.RTPFB:
                    self.rate.reported(packet.fci, now=time.monotonic())
            elif isinstance(packet, rtcp.ReceiverReport):
                for block in packet.reports:
                    if block.ssrc == self.sound_ssrc:
                        self.sound_loss_ratio = block.fraction_lost / 256
            elif isinstance(packet, rtcp.Pause):
                self._pause(packet)

    @property
    def wanted(self) -> frozenset[Size]:
        """The sizes of the picture that go up now: what the relay takes, and the line affords."""
        if self.leg is None:
            return frozenset()
        is_thin = not self.shares.small_bps
        return affordable(self._taken, is_one=is_thin or self.is_metered())

    @property
    def _taken(self) -> frozenset[Size]:
        """The sizes that the relay takes."""
        return frozenset(size for size, pause in self._pauses.items() if not pause.is_on)

    def _wanted_changed(self) -> None:
        """Do what a maker does when other sizes are wanted."""
        return

    def _pause(self, said: rtcp.Pause) -> None:
        """Stop sending a size that nobody sees, or go on with a keyframe (RFC 7728)."""
        if said.media_ssrc not in (self.video_ssrc, self.small_ssrc):
            return
        size, before = self._size_of(said.media_ssrc), self.wanted
        pause = self._pauses[size]
        is_newer = difference16(said.pause_id, pause.id) > 0
        if said.kind is rtcp.PauseKind.PAUSE and is_newer:
            pause.is_on, pause.id = True, said.pause_id
            self._wanted_changed()
        elif said.kind is rtcp.PauseKind.RESUME and (is_newer or pause.is_on):
            pause.is_on, pause.id = False, said.pause_id
            self._wanted_changed()
        for begun in self.wanted - before:
            self.want_keyframe(begun)

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

    async def run(self) -> None:
        """Let pictures go when it is their turn, and follow the line; until cancelled."""
        while True:
            now = time.monotonic()
            self._follow(now)
            self._let_go(now)
            next_at = self._queue.next_at
            nap_s = LONGEST_NAP_S if next_at is None else min(next_at - now, LONGEST_NAP_S)
            self._has_queued.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(nap_s, 0.001)):
                    if next_at is None:
                        await self._has_queued.wait()
                    else:
                        await asyncio.sleep(LONGEST_NAP_S)

    def _follow(self, now: float) -> None:
        """Share what the line carries; say so where that has changed."""
        if not self.is_numbered or self.leg is None:
            return
        shares = self.rate.shares(self._taken)
        if shares != self.shares:
            before, wanted, self.shares = self.shares, self.wanted, shares
            self.share(shares, before)
            if self.wanted != wanted:
                self._wanted_changed()
        if self.rate.is_hopeless(self._queue, now=now):
            self._queue.clear()
            self.counts.given_up += 1
            self._given_up()
        filling = self.rate.padding(now=now)
        if filling:
            self._send_padding(max(1, filling - IP_UDP_SRTP_BYTES - rtp.HEADER_SIZE - 8), now)

    def _given_up(self) -> None:
        """Go on with a keyframe: what waited will not be sent."""
        for size in self.wanted:
            self.want_keyframe(size)

    @abstractmethod
    def share(self, shares: Shares, before: Shares) -> None:
        """Keep to these rates from now on."""

    def _let_go(self, now: float) -> None:
        for stream, number, packet in self.rate.turn(self._queue, now=now):
            self._send_now(stream, number, packet, now)

    def _send(self, stream: OutgoingStream, number: int, packet: bytes) -> None:
        now = time.monotonic()
        if stream is self._streams[1] or not self.is_numbered:
            self._send_now(stream, number, packet, now)
            return
        self._queue.push((stream, number, packet), len(packet) + IP_UDP_SRTP_BYTES)
        self._let_go(now)
        self._has_queued.set()

    def _send_now(self, stream: OutgoingStream, number: int, packet: bytes, now: float) -> None:
        if self.leg is None:
            return
        encrypted = self.leg.send_rtp(self._numbered(packet, now))
        if encrypted is not None:
            self.counts.octets += len(packet)
            stream.sent.remember(number, encrypted)

    def _numbered(self, packet: bytes, now: float) -> bytes:
        """Write the transport-wide number, where the packet has a place for it."""
        if not self.is_numbered or not packet[0] & 0x10:
            return packet
        number = self.rate.number(len(packet) + IP_UDP_SRTP_BYTES, now=now)
        return packet[:NUMBER_AT] + number.to_bytes(2) + packet[NUMBER_AT + 2 :]

    def _send_padding(self, size: int, now: float) -> None:
        """Send what nobody takes: the relay counts it and says when it came."""
        self._padding_number = (self._padding_number + 1) & 0xFFFF
        packet = rtp.build(
            payload_type=PADDING_PAYLOAD_TYPE,
            sequence_number=self._padding_number,
            timestamp=0,
            ssrc=self._padding_ssrc,
            payload=bytes(size),
            extensions=NO_NUMBER,
        )
        if self.leg is not None:
            self.leg.send_rtp(self._numbered(packet, now))

    def _send_again(self, nack: rtcp.Nack) -> None:
        now = time.monotonic()
        pause_s = max((self.leg.rtt_ms or 0) / 1000 if self.leg else 0, AGAIN_PAUSE_S)
        for stream in self._streams:
            if stream.ssrc == nack.media_ssrc and self.leg is not None:
                for datagram in stream.sent.again(nack.missing, now=now, pause_s=pause_s):
                    if not self.rate.may_send_again(len(datagram) + 28, now=now):
                        return
                    self.leg.send_encrypted(datagram)
                    self.counts.retransmitted += 1
