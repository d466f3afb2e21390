"""H.264 as Matroska has it: units with their lengths before them (ISO/IEC 14496-15)."""

from collections.abc import Sequence

from media.wire.h264 import IDR, PPS, SPS, START_CODE

_LENGTH_BYTES = 4


def units(stream: bytes) -> list[bytes]:
    """Return the units of a frame as a byte stream (Annex B)."""
    return [unit for unit in stream.split(START_CODE) if unit]


def is_keyframe(frame: Sequence[bytes]) -> bool:
    """Return whether decoding may begin with these units."""
    kinds = {unit[0] & 0x1F for unit in frame}
    return bool(kinds & {IDR, SPS})


def sample(frame: Sequence[bytes]) -> bytes:
    """Return a frame as a block holds it. Parameter sets stay in it: another camera has others."""
    return b"".join(len(unit).to_bytes(_LENGTH_BYTES, "big") + unit for unit in frame)


def configuration(frame: Sequence[bytes]) -> bytes | None:
    """Return the decoder's configuration of a keyframe (5.3.3.1); None: it has none."""
    sets = {
        kind: next((unit for unit in frame if unit[0] & 0x1F == kind), b"") for kind in (SPS, PPS)
    }
    if len(sets[SPS]) < 4 or not sets[PPS]:
        return None
    head = bytes((1, *sets[SPS][1:4], 0xFC | _LENGTH_BYTES - 1, 0xE0 | 1))
    sps, pps = (len(unit).to_bytes(2, "big") + unit for unit in (sets[SPS], sets[PPS]))
    return head + sps + bytes((1,)) + pps


# Of a baseline picture of 1280×720, where none has come yet. Decoders take from it how long a
# length is; what the pictures are, each keyframe says itself.
UNKNOWN = configuration((bytes.fromhex("6742e01fda014016e4"), bytes.fromhex("68ce3880"))) or b""
