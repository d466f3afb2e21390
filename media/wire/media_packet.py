"""A received packet in the form in which it is kept and forwarded."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from media.wire import h264, rtp, vp8
from media.wire.video_codec import CodecName


@dataclass(slots=True)
class MediaPacket:
    """One packet of a track, copied out of the receive buffer; not changed once it was sent.

    Header extensions are the hop's own and are not kept. The `..._at` are offsets into
    the payload, 0 where the field is not there. `padding` is how many bytes it is sent on with
    beyond its payload (RFC 3550, section 5.1), each time, as its nonce allows no other; it is
    decided once, before it is first sent (`evened`). `filled` is the same for the C, made by who
    first sends it so; a copy has none.
    """

    sequence_number: int
    timestamp: int
    is_marked: bool
    payload: bytes
    is_keyframe: bool = False
    picture_id: int = 0
    picture_id_at: int = 0
    has_long_picture_id: bool = False
    tl0picidx: int = 0
    tl0picidx_at: int = 0
    padding: int = 0
    filled: Any = field(default=None, init=False, compare=False, repr=False)

    @property
    def sent_bytes(self) -> int:
        """How much it is sent on with behind its header."""
        return len(self.payload) + self.padding


def evened(packets: Sequence[MediaPacket]) -> None:
    """Give a byte of padding to each packet that is one shorter than the largest of its picture.

    Browsers make packets of a picture about equal, and the last of them a byte larger. A train
    (one system call) holds packets of one size, of which only the last may be shorter.
    """
    for _, picture in groupby(packets, key=lambda packet: packet.timestamp):
        together = list(picture)
        largest = max(len(packet.payload) for packet in together)
        for packet in together:
            packet.padding = 1 if len(packet.payload) == largest - 1 else 0


def from_rtp(packet: rtp.RtpPacket, codec: CodecName) -> MediaPacket:
    """Return what is kept of a packet.

    Raises:
        MalformedPacket: it is video, and what its codec puts in front cannot be read.
    """
    kept = MediaPacket(
        packet.sequence_number, packet.timestamp, packet.is_marked, bytes(packet.payload)
    )
    if not kept.payload:
        return kept
    if codec == "H264":
        kept.is_keyframe = h264.parse(kept.payload).is_keyframe
    elif codec == "VP8":
        read = vp8.parse(kept.payload)
        kept.is_keyframe = read.is_keyframe
        kept.picture_id = read.picture_id or 0
        kept.picture_id_at = read.picture_id_at
        kept.has_long_picture_id = read.has_long_picture_id
        kept.tl0picidx = read.tl0picidx or 0
        kept.tl0picidx_at = read.tl0picidx_at
    return kept
