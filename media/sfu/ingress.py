"""What a publisher's track may send: as much as its answer allowed, in pictures of a size.

    passing   every packet fits
    held      too much has come, a packet that fits no frame of the wire, or a picture too
              large: nothing passes until a keyframe that is not too large, and half of
              either bucket is full again

A packet costs the relay as much whether it is full or not, once for each who watches: packets are
counted beside bytes. So does a picture that begins anew: what was held comes back so often only.

An H.264 picture says its size in parameter sets, of which a packet has room for dozens: they are
read at a rate, and what has more is held.

Sound has no keyframes: its packets beyond the rate are dropped one by one.
"""

from collections.abc import Mapping

from media.sfu.counters import SfuCounters
from media.wire import rtp
from media.wire.picture_size import is_too_large, is_too_large_for_a_tile
from media.wire.rtp import MAX_RTP_SIZE
from media.wire.sdp import Kind
from media.wire.sdp_answer import Rates
from media.wire.video_codec import CodecName, announced_size, sizes_said, usual
from runtime.limits import TokenBucket

ALLOWANCE = 1.5  # an encoder may pass its maximum for a moment
BURST_S = 2.0  # room for a keyframe
# Encoders that pass over the answer's maximum for sound do no harm up to here.
SOUND_FLOOR_BPS = 256_000
# A small picture of 180 lines may be a lively one.
SMALL_FLOOR_BPS = 400_000
# Parameter sets that are read: one in each frame of a camera that sends keyframes alone.
SETS_PER_S, SETS_BURST = 40.0, 64.0
# As many a second, and at once. A picture of the largest rate is 430 packets of 1,100 bytes; a
# sound 50, or 100 of 10 ms.
PACKETS_PER_S: Mapping[Kind, float] = {"video": 750.0, "audio": 200.0}
# How often a picture may begin anew: a camera that is changed, a rate that was passed.
BEGINNINGS_PER_S, BEGINNINGS_BURST = 1.0, 8.0


def is_oversized(packet: rtp.RtpPacket) -> bool:
    """Return whether a packet would not fit an Ethernet frame on its way out."""
    return len(packet.payload) > MAX_RTP_SIZE - rtp.HEADER_SIZE


class IngressLimit:
    """The limit of one track."""

    def __init__(
        self,
        kind: Kind,
        rates: Rates,
        counters: SfuCounters,
        codec: CodecName | None = None,
        *,
        is_small: bool = False,
    ) -> None:
        bps = rates.video_max_bps * ALLOWANCE
        if is_small:
            bps = max(rates.small_max_bps * ALLOWANCE, SMALL_FLOOR_BPS)
        if kind == "audio":
            bps = max(rates.sound_max_bps * ALLOWANCE, SOUND_FLOOR_BPS)
        self._is_video = kind == "video"
        self._is_too_large = is_too_large_for_a_tile if is_small else is_too_large
        self._codec = codec or usual(kind)
        self._burst = bps / 8 * BURST_S
        self._bucket = TokenBucket(per_s=bps / 8, burst=self._burst)
        self._most_packets = PACKETS_PER_S[kind]
        self._packets = TokenBucket(per_s=self._most_packets, burst=self._most_packets)
        self._sets = TokenBucket(per_s=SETS_PER_S, burst=SETS_BURST)
        self._beginnings = TokenBucket(per_s=BEGINNINGS_PER_S, burst=BEGINNINGS_BURST)
        self._counters = counters
        self.is_held = False

    def passes(self, packet: rtp.RtpPacket, *, now: float) -> bool:
        """Return whether a packet is forwarded.

        Raises:
            MalformedPacket: a keyframe whose size cannot be read.
        """
        payload = packet.payload
        if self._is_video:
            self._look_at_size(payload, now=now)
        if is_oversized(packet):
            self._counters.oversized_total += 1
            self.is_held = self._is_video  # its frame is lost, and what refers to it
            return False
        if self.is_held:
            self._counters.excess_total += 1
            return False
        octets = rtp.HEADER_SIZE + len(payload)
        if self._packets.take(now_s=now) and self._bucket.take(now_s=now, amount=octets):
            return True
        self.is_held = self._is_video
        self._counters.excess_total += 1
        return False

    def _look_at_size(self, payload: rtp.Buffer, *, now: float) -> None:
        sets = sizes_said(payload, self._codec)
        is_read = not sets or self._sets.take(now_s=now, amount=sets)
        size = announced_size(payload, self._codec) if is_read else None
        if is_read and size is None:
            return
        if size is None or self._is_too_large(*size):
            self._counters.pictures_refused_total += 1
            self.is_held = True
        elif self.is_held:
            self.is_held = not self._may_begin(now=now)

    def _may_begin(self, *, now: float) -> bool:
        is_rested = self._bucket.left(now_s=now) >= self._burst / 2
        is_rested = is_rested and self._packets.left(now_s=now) >= self._most_packets / 2
        return is_rested and self._beginnings.take(now_s=now)
