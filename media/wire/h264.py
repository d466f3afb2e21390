"""H.264 in RTP: the NAL units of a payload, where a keyframe begins, how large its pictures are.

Packetization modes 0 and 1 (RFC 6184): single units, STAP-A and FU-A. A keyframe begins with
the packet that holds its sequence parameter set (SPS): without it nobody who comes anew can
decode what follows. Numbers of tables and sections are those of ITU-T H.264.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from media.errors import MalformedPacket
from media.wire.h264_bits import Bits
from media.wire.rtp import Buffer

IDR, SPS, PPS = 5, 7, 8
STAP_A, FU_A = 24, 28
START_CODE = b"\0\0\0\1"
_LAST_SINGLE = 23
_SHORT_START_CODE = START_CODE[1:]
# A profile whose SPS tells its kind of colour and its scaling lists (7.3.2.1.1).
_HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
MAX_SETS = 32  # of a packet or a picture, which is as many ids as there are (7.4.2.1.1)
MAX_SPS_BYTES = 256  # one with eight scaling lists and all of its usability information
_MAX_MACROBLOCKS = 4096  # of a side: beyond it numbers mean nothing
_MACROBLOCK = 16


@dataclass(frozen=True, slots=True)
class H264Payload:
    """What a packet's payload holds. `sets` are its SPS, header bytes included."""

    is_keyframe: bool
    has_idr: bool
    sets: tuple[bytes, ...] = ()


_FRAGMENT = H264Payload(False, False)
_IDR_FRAGMENT = H264Payload(False, True)


def parse(payload: Buffer) -> H264Payload:
    """Return what is in a payload.

    Raises:
        MalformedPacket: it is cut short, of a kind that was not agreed on, or holds an SPS in
            pieces, whose size of picture nobody would look at.
    """
    if not len(payload):
        raise MalformedPacket("H.264", "an empty payload")
    kind = payload[0] & 0x1F
    if kind == FU_A:
        if len(payload) < 3:
            raise MalformedPacket("H.264", "a fragment without data")
        kind = payload[1] & 0x1F
        if kind == SPS:
            raise MalformedPacket("H.264", "a parameter set in pieces")
        return _IDR_FRAGMENT if kind == IDR else _FRAGMENT
    if kind != STAP_A and not 1 <= kind <= _LAST_SINGLE:
        raise MalformedPacket("H.264", f"units of type {kind}")
    sets: list[bytes] = []
    has_idr = False
    for unit in _units(payload):
        if not len(unit):
            raise MalformedPacket("H.264", "an empty unit")
        kind = unit[0] & 0x1F
        has_idr = has_idr or kind == IDR
        if kind == SPS:
            sets.append(bytes(unit[:MAX_SPS_BYTES]))
    if len(sets) > MAX_SETS:
        raise MalformedPacket("H.264", f"{len(sets)} parameter sets")
    return H264Payload(bool(sets), has_idr, tuple(sets))


def _units(payload: Buffer) -> Iterator[Buffer]:
    """Yield the units of a payload that is no fragment."""
    if payload[0] & 0x1F != STAP_A:
        yield payload
        return
    at = 1
    while at < len(payload):
        size = int.from_bytes(payload[at : at + 2])
        end = at + 2 + size
        if at + 2 > len(payload) or end > len(payload):
            raise MalformedPacket("H.264", "an aggregated unit longer than its packet")
        yield payload[at + 2 : end]
        at = end


def stream_part(payload: Buffer) -> bytes:
    """Return what a payload adds to a byte stream (Annex B), packets being in order and whole.

    Raises:
        MalformedPacket: as `parse`.
    """
    if payload[0] & 0x1F != FU_A:
        return b"".join(START_CODE + bytes(unit) for unit in _units(payload))
    fragment = bytes(payload[2:])
    if not payload[1] & 0x80:
        return fragment
    return START_CODE + bytes((payload[0] & 0xE0 | payload[1] & 0x1F,)) + fragment


def picture_size(sps: Buffer) -> tuple[int, int]:
    """Return width and height that a sequence parameter set says, its header byte included.

    What it cuts off beyond a macroblock counts: it is decoded all the same.

    Raises:
        MalformedPacket: it cannot be read.

    Section 7.3.2.1.1.
    """
    bits = Bits(bytes(sps[1:MAX_SPS_BYTES]))
    profile = bits.take(8)
    bits.take(16)  # constraints and level
    bits.unsigned()  # its id
    chroma = 1
    if profile in _HIGH_PROFILES:
        chroma = bits.unsigned()
        is_separate = bits.take(1) if chroma == 3 else 0
        bits.unsigned(), bits.unsigned(), bits.take(1)
        if bits.take(1):
            _pass_scaling_lists(bits, 12 if chroma == 3 else 8)
        chroma = 0 if is_separate else chroma
    bits.unsigned()  # log2_max_frame_num_minus4
    _pass_order_count(bits)
    bits.unsigned()  # max_num_ref_frames
    bits.take(1)
    return _size(bits, chroma)


def _size(bits: Bits, chroma: int) -> tuple[int, int]:
    columns, rows = bits.unsigned() + 1, bits.unsigned() + 1
    if max(columns, rows) > _MAX_MACROBLOCKS:
        raise MalformedPacket("H.264", f"a picture of {columns} by {rows} macroblocks")
    fields = 1 if bits.take(1) else 2
    if fields == 2:
        bits.take(1)
    bits.take(1)
    left, right, top, bottom = [bits.unsigned() for _ in range(4)] if bits.take(1) else [0, 0, 0, 0]
    unit_x = 2 if chroma in (1, 2) else 1
    unit_y = (2 if chroma == 1 else 1) * fields
    cut_x, cut_y = (left + right) * unit_x, (top + bottom) * unit_y
    return (
        columns * _MACROBLOCK - min(cut_x, _MACROBLOCK - 1),
        rows * _MACROBLOCK * fields - min(cut_y, _MACROBLOCK - 1),
    )


def _pass_order_count(bits: Bits) -> None:
    kind = bits.unsigned()
    if kind == 0:
        bits.unsigned()
    elif kind == 1:
        bits.take(1)
        bits.unsigned(), bits.unsigned()
        count = bits.unsigned()
        if count > 255:
            raise MalformedPacket("H.264", f"a cycle of {count} reference frames")
        for _ in range(count):
            bits.unsigned()


def _pass_scaling_lists(bits: Bits, count: int) -> None:
    for index in range(count):
        if not bits.take(1):
            continue
        last = following = 8
        for _ in range(16 if index < 6 else 64):
            if following:
                following = (last + bits.signed()) % 256
            last = following or last


def largest_picture(stream: bytes) -> tuple[int, int] | None:
    """Return the largest picture that a byte stream (Annex B) announces; None: it has no SPS.

    All start codes count, those too that hide inside of a unit: a decoder finds them.

    Raises:
        MalformedPacket: an SPS cannot be read, or there are too many of them.
    """
    places = [
        at + 3
        for at in _start_codes(stream)
        if at + 3 < len(stream) and stream[at + 3] & 0x1F == SPS
    ]
    if len(places) > MAX_SETS:
        raise MalformedPacket("H.264", f"{len(places)} parameter sets")
    return largest_of([stream[at : at + MAX_SPS_BYTES] for at in places])


def largest_of(sets: Sequence[bytes]) -> tuple[int, int] | None:
    """Return the largest picture of parameter sets; None: there are none.

    Raises:
        MalformedPacket: one cannot be read.
    """
    sizes = [picture_size(sps) for sps in sets]
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def _start_codes(stream: bytes) -> Iterator[int]:
    at = stream.find(_SHORT_START_CODE)
    while at >= 0:
        yield at
        at = stream.find(_SHORT_START_CODE, at + 3)
