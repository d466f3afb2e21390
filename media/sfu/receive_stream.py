"""One incoming stream: what is kept of it, what is missing of it, whether it lives."""

from collections.abc import Mapping

from media.sfu.counters import SfuCounters
from media.sfu.ingress import BEGINNINGS_BURST, BEGINNINGS_PER_S
from media.sfu.packet_cache import SOUND_PACKETS, VIDEO_PACKETS, PacketCache
from media.wire import rtp
from media.wire.audio_level import SILENT
from media.wire.media_packet import MediaPacket, from_rtp
from media.wire.nack import GIVE_UP_MS, NackGenerator
from media.wire.picture_flow import PictureFlow
from media.wire.reception import Reception
from media.wire.sdp import Kind
from media.wire.seqnum import difference16
from media.wire.video_codec import OWN_CODECS, CodecName, usual
from runtime.limits import TokenBucket

SILENCE_S = 1.5  # sound sends at least every 0.4 s, discontinuous or not
MAX_JUMP = 2000
# Well within the cache, so that what comes twice is known: a number that was sent on is
# never used for another payload.
MAX_LATENESS = 512


class ReceiveStream:
    """The stream an encoding has now. A new SSRC, another codec, or a jump of its numbers, makes
    it a new one: so often only, since all who watch begin anew with it.

    `cache` is another object for each stream, so that a number is looked up in the
    stream that gave it.

    Args:
        codecs: by payload type; another type has the kind's usual one.
    """

    def __init__(
        self,
        kind: Kind,
        codecs: Mapping[int, CodecName] = OWN_CODECS,
        counters: SfuCounters | None = None,
    ) -> None:
        self.kind = kind
        self._counters = counters or SfuCounters()
        self._beginnings = TokenBucket(per_s=BEGINNINGS_PER_S, burst=BEGINNINGS_BURST)
        self.codec = usual(kind)
        self._codecs = codecs
        self.received_at = float("-inf")
        self.duplicates_total = 0
        self.level = SILENT  # of a sound's last packet
        self.pictures = PictureFlow()
        self._begin(0)

    def _begin(self, ssrc: int) -> None:
        self.ssrc = ssrc
        self.cache = PacketCache(VIDEO_PACKETS if self.kind == "video" else SOUND_PACKETS)
        self.missing = NackGenerator(give_up_ms=GIVE_UP_MS)
        self.reception = Reception(ssrc, rtp.CLOCK_HZ[self.kind])
        self.pictures.renew()
        self._ended: int | None = None  # a picture whose last packet has come

    def accept(self, packet: rtp.RtpPacket, *, now: float) -> tuple[MediaPacket | None, bool]:
        """Return what to forward, and whether a new stream began with it.

        None: a duplicate, or one more stream than may begin.

        Raises:
            MalformedPacket: what its codec puts in front cannot be read.
        """
        codec = self.codec_of(packet)
        kept = from_rtp(packet, codec)
        is_new = codec != self.codec or self._is_other_stream(packet)
        if is_new:
            if not self._beginnings.take(now_s=now):
                self._counters.beginnings_refused_total += 1
                return None, False
            self._begin(packet.ssrc)
            self.codec = codec
        elif self.cache.find(kept.sequence_number) is not None:
            self.duplicates_total += 1
            return None, False
        self.received_at = now
        self.cache.store(kept)
        self.reception.received(kept.sequence_number, kept.timestamp, now=now)
        self.missing.received(kept.sequence_number, now_ms=now * 1000)
        if self.kind == "video":
            self._follow_pictures(kept, now=now)
        return kept, is_new

    def _follow_pictures(self, packet: MediaPacket, *, now: float) -> None:
        if packet.is_marked:
            self._ended = packet.timestamp
        if self._ended is not None and not self.missing.count:
            self.pictures.completed(self._ended, lost=self.reception.lost, now=now)
            self._ended = None

    def frozen_ratio(self, *, now: float) -> float:
        """Return the share of the last ten seconds that the line left its pictures frozen."""
        return self.pictures.frozen_ratio(now=now, is_held=self._ended is not None)

    def codec_of(self, packet: rtp.RtpPacket) -> CodecName:
        """Return the codec of a packet."""
        return self._codecs.get(packet.payload_type) or usual(self.kind)

    def pass_over(self, packet: rtp.RtpPacket, *, now: float) -> None:
        """Note a packet that is not forwarded: it came, and none before it is asked for."""
        if self._is_other_stream(packet):
            self._begin(packet.ssrc)
        self.received_at = now
        self.reception.received(packet.sequence_number, packet.timestamp, now=now)
        self.missing.skip_to(packet.sequence_number)

    def _is_other_stream(self, packet: rtp.RtpPacket) -> bool:
        if packet.ssrc != self.ssrc or self.reception.packets == 0:
            return True
        step = difference16(packet.sequence_number, self.reception.highest & 0xFFFF)
        return not -MAX_LATENESS <= step <= MAX_JUMP

    def is_alive(self, *, now: float) -> bool:
        """Return whether packets come."""
        return now - self.received_at <= SILENCE_S
