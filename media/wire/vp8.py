"""VP8 in RTP: the payload descriptor, read, patched and written (RFC 7741)."""

from collections.abc import Iterator
from dataclasses import dataclass

from media.errors import MalformedPacket
from media.wire.rtp import Buffer

PICTURE_ID_MODULUS = 1 << 15
_START_CODE = b"\x9d\x01\x2a"


@dataclass(frozen=True, slots=True)
class Vp8Descriptor:
    """What precedes the VP8 data of a packet; `..._at` are offsets into the payload."""

    size: int
    is_frame_start: bool
    is_keyframe: bool
    picture_id: int | None
    picture_id_at: int
    has_long_picture_id: bool
    tl0picidx: int | None
    tl0picidx_at: int


def parse(payload: Buffer) -> Vp8Descriptor:
    """Return the descriptor. `is_keyframe` is only ever set on a frame's first packet.

    Raises:
        MalformedPacket: the payload ends inside the descriptor, or holds nothing after it.
    """
    try:
        return _parse(payload)
    except IndexError as exc:
        raise MalformedPacket("VP8", f"{len(payload)} bytes are cut short") from exc


def _parse(payload: Buffer) -> Vp8Descriptor:
    first = payload[0]
    at = 1
    picture_id: int | None = None
    tl0picidx: int | None = None
    picture_id_at = tl0picidx_at = 0
    is_long = False
    if first & 0x80:
        flags = payload[1]
        at = 2
        if flags & 0x80:
            picture_id_at = at
            is_long = payload[at] >= 0x80
            picture_id = payload[at] & 0x7F
            at += 1
            if is_long:
                picture_id = (picture_id << 8) | payload[at]
                at += 1
        if flags & 0x40:
            tl0picidx, tl0picidx_at = payload[at], at
            at += 1
        if flags & 0x30:
            at += 1
    is_start = first & 0x17 == 0x10  # S set, partition 0
    is_keyframe = payload[at] & 0x01 == 0 and is_start
    return Vp8Descriptor(
        at, is_start, is_keyframe, picture_id, picture_id_at, is_long, tl0picidx, tl0picidx_at
    )


def picture_size(frame: Buffer) -> tuple[int, int] | None:
    """Return width and height that a frame's data begin with; None: it is no keyframe.

    Raises:
        MalformedPacket: a keyframe whose header is cut short or has no start code.

    RFC 6386, section 9.1.
    """
    if len(frame) and frame[0] & 0x01:
        return None
    if len(frame) < 10 or bytes(frame[3:6]) != _START_CODE:
        raise MalformedPacket("VP8", "a keyframe without its header")
    width, height = (int.from_bytes(frame[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    return width, height


def packetize(
    frame: Buffer, *, picture_id: int, max_payload_size: int = 1100, tl0picidx: int | None = None
) -> Iterator[bytes]:
    """Yield the payloads of one frame, of equal size but the last (so that trains are even).

    Args:
        picture_id: 15 bits, one higher for each frame.
    """
    extension = 0x80 if tl0picidx is None else 0xC0
    tail = b"" if tl0picidx is None else bytes((tl0picidx & 0xFF,))
    number = picture_id % PICTURE_ID_MODULUS
    rest = bytes((extension, 0x80 | (number >> 8), number & 0xFF)) + tail
    room = max_payload_size - 1 - len(rest)
    count = max(1, -(-len(frame) // room))
    step = -(-len(frame) // count)
    for start in range(0, max(1, len(frame)), max(1, step)):
        first = 0x90 if start == 0 else 0x80
        yield bytes((first,)) + rest + bytes(frame[start : start + step])
