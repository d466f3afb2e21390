"""A source whose packets come from this machine's browser, and go up as they are.

Nothing is decoded or encoded: each track is moved onto one stream of ours, whose numbers,
times and picture ids go on without a step when the browser publishes anew. A packet that is
missing here is missing above, and can be asked for there as soon as it has come late.
"""

import secrets
from collections.abc import Callable, Sequence

from media.client.media_source import NO_NUMBER, PICTURE_MAX_BPS, MediaSource
from media.client.sent_packets import SentPackets
from media.client.uplink_rate import Shares
from media.sfu.encoding import Encoding
from media.sfu.munger import Munger
from media.sfu.packet_cache import PacketCache
from media.sfu.sizes import Size
from media.transport.leg import Leg
from media.wire import audio_level, rtcp
from media.wire.audio_level import SILENT
from media.wire.media_packet import MediaPacket
from media.wire.reception import Reception
from media.wire.rtp import CLOCK_HZ, MAX_RTP_SIZE
from media.wire.sdp import Kind
from media.wire.video_codec import BASE, OWN_CODECS, CodecName

_PAYLOAD_TYPES = {codec: payload_type for payload_type, codec in OWN_CODECS.items()}
# What Opus takes of the browser's budget, with its headers.
SOUND_BPS = 40_000


class ForwardedStream:
    """One local track as one SSRC of ours."""

    def __init__(self, ssrc: int, kind: Kind) -> None:
        self.ssrc = ssrc
        self.sent = SentPackets()
        self.says_levels = False
        self.is_numbered = False
        self.reception: Reception | None = None  # of what is forwarded
        self._kind = kind
        self._buffer = memoryview(bytearray(MAX_RTP_SIZE))
        self._munger = self._new_munger()

    def _new_munger(self) -> Munger:
        clock_hz = CLOCK_HZ[self._kind]
        extensions = dict(NO_NUMBER) if self.is_numbered else {}
        if self.says_levels:
            extensions[audio_level.EXTENSION_ID] = audio_level.written(audio_level.SILENT)
        return Munger(
            ssrc=self.ssrc,
            payload_type=_PAYLOAD_TYPES,
            clock_rate=clock_hz,
            extensions=extensions,
        )

    @property
    def is_waiting(self) -> bool:
        """Whether it sends nothing before it is given what it can begin with."""
        return self._munger.segment is None

    def renew(self, first: int) -> None:
        """Begin anew under new keys; the munger has a first number of its own."""
        del first
        self.sent.forget()
        self._munger = self._new_munger()

    def pause(self) -> None:
        """Send nothing until the next keyframe; what is left out leaves no hole."""
        self._munger.stop()

    def forward(
        self,
        packet: MediaPacket,
        stream: PacketCache,
        codec: CodecName,
        *,
        now: float,
        level: int = SILENT,
    ) -> tuple[int, bytes] | None:
        """Return the packet as it goes up, with its number.

        Args:
            level: of a sound, as the browser says it.
            stream: the local stream that gave it. Another one, a picture's from its first
                keyframe on, goes on where the last ended.

        Returns:
            None: it is not sent, since its keyframe has not come or it is older than it.
        """
        segment = self._munger.segment
        if segment is None or segment.source is not stream:
            if self._kind == "video" and not packet.is_keyframe:
                return None
            self._munger.switch(stream, packet, now=now, codec=codec)
        size = self._munger.write(packet, self._buffer, 0, now=now)
        if size == 0:
            return None
        header = self._munger.header
        if self.says_levels and size == header.size + len(packet.payload):
            place = header.value_at[audio_level.EXTENSION_ID]
            self._buffer[place : place + 1] = audio_level.written(level)
        return int.from_bytes(self._buffer[2:4]), bytes(self._buffer[:size])

    def report(self, wall_ms: float, *, now: float) -> rtcp.SenderReport:
        """Return the sender report of this moment, by the browser's own if there is one."""
        munger = self._munger
        return rtcp.SenderReport(
            self.ssrc,
            rtcp.ntp_time(wall_ms / 1000),
            munger.timestamp_at(now, self.reception),
            munger.packets,
            munger.octets,
        )


class ForwardedSource(MediaSource):
    """Sends a local picture, in the sizes there are, and sound up the leg: their `MediaSink`.

    Args:
        ask_keyframe: asks the browser for a keyframe of a size.
        is_heard: whether the sound may leave the room; a sound that may not is not sent.
        codecs: what the browser can encode, the best first.
        on_agreed: told what the browser is to send from now on.
        limit: tells the browser how much its pictures and its sound may take together.
        picture_max_bps: of the large picture.
        on_wanted: told which sizes it is to send from now on.
    """

    def __init__(
        self,
        ask_keyframe: Callable[[Size], None],
        is_heard: Callable[[], bool],
        *,
        codecs: Callable[[], Sequence[CodecName]] = lambda: (BASE,),
        on_agreed: Callable[[CodecName], None] = lambda codec: None,
        limit: Callable[[int], None] = lambda bps: None,
        picture_max_bps: int = PICTURE_MAX_BPS,
        on_wanted: Callable[[frozenset[Size]], None] = lambda sizes: None,
    ) -> None:
        self._video = ForwardedStream(secrets.randbits(32), "video")
        self._sound = ForwardedStream(secrets.randbits(32), "audio")
        self._small = ForwardedStream(secrets.randbits(32), "video")
        super().__init__(self._video, self._sound, self._small, picture_max_bps=picture_max_bps)
        self._limit = limit
        self._ask_keyframe = ask_keyframe
        self._is_heard = is_heard
        self._codecs = codecs
        self._on_agreed = on_agreed
        self._on_wanted = on_wanted
        self._codec: CodecName = BASE

    @property
    def video_codecs(self) -> Sequence[CodecName]:
        """What the browser can send its picture in, the best first."""
        return self._codecs()

    def agree(self, codec: CodecName) -> None:
        """Send pictures of this codec only, which the relay has taken."""
        self._codec = codec
        self._on_agreed(codec)

    def attach(self, leg: Leg | None) -> None:
        """Send into this leg from now on, with levels where its relay takes them."""
        self._sound.says_levels = self.says_levels
        for stream in (self._video, self._sound, self._small):
            stream.is_numbered = self.is_numbered
        super().attach(leg)

    def share(self, shares: Shares, before: Shares) -> None:
        """Tell the browser; what is not to be sent ends here, since it may not stop."""
        self._limit(shares.picture_bps + shares.small_bps + SOUND_BPS)
        for stream, bps, before_bps, size in (
            (self._video, shares.picture_bps, before.picture_bps, Size.HIGH),
            (self._small, shares.small_bps, before.small_bps, Size.LOW),
        ):
            if not bps:
                stream.pause()
            elif not before_bps:
                self.want_keyframe(size)

    def _given_up(self) -> None:
        """Send nothing of a picture before its next keyframe: nobody could decode it."""
        for stream in (self._video, self._small):
            stream.pause()
        super()._given_up()

    def _wanted_changed(self) -> None:
        wanted = self.wanted
        for size, stream in ((Size.HIGH, self._video), (Size.LOW, self._small)):
            if size not in wanted:
                stream.pause()
        self._on_wanted(wanted)

    def want_keyframe(self, size: Size = Size.HIGH) -> None:
        """Ask the browser for a keyframe, as often as the local relay allows."""
        self._ask_keyframe(size)

    def __call__(self, encoding: Encoding, packets: Sequence[MediaPacket], *, now: float) -> None:
        """Send what came from the browser."""
        is_video = encoding.kind == "video"
        if self.leg is None or not (is_video or self._is_heard()):
            return
        intake = encoding.intake
        if is_video and intake.codec != self._codec:
            return  # the browser is about to publish anew
        is_small = encoding.size is Size.LOW
        stream = self._sound
        if is_video:
            if encoding.size not in self.wanted:
                return  # the browser is about to stop
            stream = self._small if is_small else self._video
            if not (self.shares.small_bps if is_small else self.shares.picture_bps):
                return
        stream.reception = intake.reception
        for packet in packets:
            forwarded = stream.forward(
                packet, intake.cache, intake.codec, now=now, level=intake.level
            )
            if forwarded is None:
                continue
            self._send(stream, *forwarded)
            if is_small:
                self.counts.small_pictures += packet.is_marked
            elif is_video:
                self.counts.pictures += packet.is_marked
                self.counts.keyframes += packet.is_keyframe
            else:
                self.counts.sounds += 1
