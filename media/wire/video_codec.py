"""The codecs that are carried, and what of a payload the relay looks at."""

from collections.abc import Mapping
from typing import Literal

from media.wire import h264, vp8
from media.wire.rtp import Buffer
from media.wire.sdp import Kind

CodecName = Literal["VP8", "H264", "OPUS"]
# What everybody who watches is to decode: it is what a meeting falls back on.
BASE: CodecName = "VP8"
VIDEO_CODECS: tuple[CodecName, ...] = (BASE, "H264")
CODECS: tuple[CodecName, ...] = (*VIDEO_CODECS, "OPUS")
# As we offer them, and as packets of a source in this process have them.
VP8_PAYLOAD_TYPE, H264_PAYLOAD_TYPE, OPUS_PAYLOAD_TYPE = 96, 102, 111
OWN_CODECS: Mapping[int, CodecName] = {
    VP8_PAYLOAD_TYPE: "VP8",
    H264_PAYLOAD_TYPE: "H264",
    OPUS_PAYLOAD_TYPE: "OPUS",
}


def usual(kind: Kind) -> CodecName:
    """Return the codec that packets of a kind have where nothing says another."""
    return BASE if kind == "video" else "OPUS"


def announced_by(frame: bytes, codec: CodecName) -> tuple[int, int] | None:
    """Return the size of picture that a whole frame announces; None: it announces none.

    Raises:
        MalformedPacket: it does, and cannot be read.
    """
    return h264.largest_picture(frame) if codec == "H264" else vp8.picture_size(frame)


def sizes_said(payload: Buffer, codec: CodecName) -> int:
    """Return how many sizes of picture a packet's payload says; reading each costs time.

    Raises:
        MalformedPacket: it cannot be read.
    """
    return len(h264.parse(payload).sets) if codec == "H264" and len(payload) else 0


def announced_size(payload: Buffer, codec: CodecName) -> tuple[int, int] | None:
    """Return the size of picture that a packet's payload announces; None: it begins no keyframe.

    Raises:
        MalformedPacket: it begins one and cannot be read.
    """
    if codec == "H264":
        return h264.largest_of(h264.parse(payload).sets) if len(payload) else None
    if codec != "VP8" or not len(payload) or payload[0] & 0x17 != 0x10:
        return None
    return vp8.picture_size(payload[vp8.parse(payload).size :])
