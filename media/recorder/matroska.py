"""Matroska as we write it (RFC 9559): what was written is playable, whenever we are killed.

    EBML header
    Segment, of unknown size until the end
      Void (a SeekHead later)   Info, with a Void (the Duration later)   Tracks
      Cluster, of known size, written at once ...
      Cues   Chapters                                  (by `finish`, once it is over)

A library's muxer holds packets back while one track has none; here an empty slot is usual.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from media.wire.sdp import Kind
from media.wire.video_codec import CodecName

EBML, SEGMENT, VOID = 0x1A45DFA3, 0x18538067, 0xEC
SEEK_HEAD, SEEK, SEEK_ID, SEEK_POSITION = 0x114D9B74, 0x4DBB, 0x53AB, 0x53AC
INFO, TIMESTAMP_SCALE, DURATION, DATE_UTC = 0x1549A966, 0x2AD7B1, 0x4489, 0x4461
MUXING_APP, WRITING_APP, TITLE = 0x4D80, 0x5741, 0x7BA9
TRACKS, TRACK_ENTRY, TRACK_NUMBER, TRACK_UID, TRACK_TYPE = 0x1654AE6B, 0xAE, 0xD7, 0x73C5, 0x83
FLAG_LACING, TRACK_NAME, CODEC_ID, CODEC_PRIVATE, SEEK_PRE_ROLL = 0x9C, 0x536E, 0x86, 0x63A2, 0x56BB
VIDEO, PIXEL_WIDTH, PIXEL_HEIGHT = 0xE0, 0xB0, 0xBA
AUDIO, SAMPLING_FREQUENCY, CHANNELS = 0xE1, 0xB5, 0x9F
CLUSTER, TIMESTAMP, SIMPLE_BLOCK = 0x1F43B675, 0xE7, 0xA3
CUES, CUE_POINT, CUE_TIME, CUE_TRACK_POSITIONS = 0x1C53BB6B, 0xBB, 0xB3, 0xB7
CUE_TRACK, CUE_CLUSTER_POSITION = 0xF7, 0xF1
CHAPTERS, EDITION_ENTRY, CHAPTER_ATOM, CHAPTER_UID = 0x1043A770, 0x45B9, 0xB6, 0x73C4
CHAPTER_TIME_START, CHAPTER_TIME_END = 0x91, 0x92
CHAPTER_DISPLAY, CHAP_STRING, CHAP_LANGUAGE = 0x80, 0x85, 0x437C

UNKNOWN_SIZE = b"\x01\xff\xff\xff\xff\xff\xff\xff"
SEEK_HEAD_ROOM = 128
DURATION_ROOM = 11
NS_PER_MS = 1_000_000
# A block's time is 16 bits from its cluster's.
MAX_CLUSTER_MS = 30_000
_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
_CODEC_IDS: Mapping[CodecName, str] = {
    "VP8": "V_VP8",
    "H264": "V_MPEG4/ISO/AVC",
    "OPUS": "A_OPUS",
}
# RFC 7845, section 5.1: version 1, two channels, no pre-skip, 48 kHz, no gain, family 0.
_OPUS_HEAD = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 0, 48_000, 0, 0)


@dataclass(frozen=True, slots=True)
class Track:
    """One slot's stream; numbers count from 1."""

    number: int
    kind: Kind
    name: str
    codec: CodecName
    width: int = 1280
    height: int = 720
    private: bytes = b""


@dataclass(frozen=True, slots=True)
class Block:
    """One frame of a track."""

    track: int
    at_ms: int
    data: bytes
    is_keyframe: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the recording, with a title."""

    begins_ms: int
    ends_ms: int
    title: str


@dataclass(frozen=True, slots=True)
class Cue:
    """Where a cluster with a keyframe begins, from the first byte within the segment."""

    at_ms: int
    track: int
    position: int


def identifier(ident: int) -> bytes:
    """Return an element's id as it stands in the file."""
    return ident.to_bytes((ident.bit_length() + 7) // 8, "big")


def size_of(size: int) -> bytes:
    """Return a size in the fewest bytes that hold it (RFC 8794, section 4)."""
    length = next(n for n in range(1, 9) if size < (1 << 7 * n) - 1)
    return (size | 1 << 7 * length).to_bytes(length, "big")


def element(ident: int, data: bytes) -> bytes:
    """Return an element."""
    return identifier(ident) + size_of(len(data)) + data


def _number(ident: int, value: int) -> bytes:
    return element(ident, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def _text(ident: int, value: str) -> bytes:
    return element(ident, value.encode())


def _float(ident: int, value: float) -> bytes:
    return element(ident, struct.pack(">d", value))


def void(room: int) -> bytes:
    """Return a filler of exactly so many bytes, 10 to 127 or so."""
    return identifier(VOID) + bytes((0x80 | (room - 2),)) + bytes(room - 2)


def head(tracks: Sequence[Track], *, title: str, begins_at: datetime) -> bytes:
    """Return everything before the first cluster."""
    ebml = b"".join(
        (
            _number(0x4286, 1),
            _number(0x42F7, 1),
            _number(0x42F2, 4),
            _number(0x42F3, 8),
            _text(0x4282, "matroska"),
            _number(0x4287, 4),
            _number(0x4285, 2),
        )
    )
    since_epoch = begins_at - _EPOCH
    nanoseconds = (since_epoch.days * 86_400 + since_epoch.seconds) * 1_000_000_000
    info = b"".join(
        (
            void(DURATION_ROOM),
            _number(TIMESTAMP_SCALE, NS_PER_MS),
            element(DATE_UTC, struct.pack(">q", nanoseconds)),
            _text(MUXING_APP, "diemcau-recorder"),
            _text(WRITING_APP, "diemcau-recorder"),
            _text(TITLE, title),
        )
    )
    entries = b"".join(map(_entry, tracks))
    segment = identifier(SEGMENT) + UNKNOWN_SIZE
    parts = (void(SEEK_HEAD_ROOM), element(INFO, info), element(TRACKS, entries))
    return element(EBML, ebml) + segment + b"".join(parts)


def _entry(track: Track) -> bytes:
    is_video = track.kind == "video"
    parts = [
        _number(TRACK_NUMBER, track.number),
        _number(TRACK_UID, track.number),
        _number(TRACK_TYPE, 1 if is_video else 2),
        _number(FLAG_LACING, 0),
        _text(TRACK_NAME, track.name),
        _text(CODEC_ID, _CODEC_IDS[track.codec]),
    ]
    if track.private:
        parts.append(element(CODEC_PRIVATE, track.private))
    if is_video:
        size = _number(PIXEL_WIDTH, track.width) + _number(PIXEL_HEIGHT, track.height)
        parts.append(element(VIDEO, size))
    else:
        parts.append(element(CODEC_PRIVATE, _OPUS_HEAD))
        parts.append(_number(SEEK_PRE_ROLL, 80 * NS_PER_MS))  # RFC 7845, section 4.6
        sound = _float(SAMPLING_FREQUENCY, 48_000.0) + _number(CHANNELS, 2)
        parts.append(element(AUDIO, sound))
    return element(TRACK_ENTRY, b"".join(parts))


def cluster(blocks: Iterable[Block]) -> bytes:
    """Return one cluster, its blocks in the order of their times.

    They span at most `MAX_CLUSTER_MS`.
    """
    ordered = sorted(blocks, key=lambda block: block.at_ms)
    begin_ms = ordered[0].at_ms
    parts = [_number(TIMESTAMP, begin_ms)]
    for block in ordered:
        flags = 0x80 if block.is_keyframe else 0
        start = struct.pack(">BhB", 0x80 | block.track, block.at_ms - begin_ms, flags)
        parts.append(element(SIMPLE_BLOCK, start + block.data))
    return element(CLUSTER, b"".join(parts))


def cues(found: Iterable[Cue]) -> bytes:
    """Return where to jump to."""
    points = []
    for cue in found:
        position = _number(CUE_TRACK, cue.track) + _number(CUE_CLUSTER_POSITION, cue.position)
        where = element(CUE_TRACK_POSITIONS, position)
        points.append(element(CUE_POINT, _number(CUE_TIME, cue.at_ms) + where))
    return element(CUES, b"".join(points)) if points else b""


def chapters(given: Sequence[Chapter]) -> bytes:
    """Return the chapters; empty where there are none."""
    atoms = b"".join(
        element(
            CHAPTER_ATOM,
            _number(CHAPTER_UID, index)
            + _number(CHAPTER_TIME_START, chapter.begins_ms * NS_PER_MS)
            + _number(CHAPTER_TIME_END, chapter.ends_ms * NS_PER_MS)
            + element(
                CHAPTER_DISPLAY, _text(CHAP_STRING, chapter.title) + _text(CHAP_LANGUAGE, "vie")
            ),
        )
        for index, chapter in enumerate(given, start=1)
    )
    return element(CHAPTERS, element(EDITION_ENTRY, atoms)) if given else b""


def duration(length_ms: int) -> bytes:
    """Return the duration in the room that was left for it."""
    return _float(DURATION, float(length_ms))


def seek_head(positions: Sequence[tuple[int, int]]) -> bytes:
    """Return where the parts are, in the room that was left for it."""
    seeks = b"".join(
        element(SEEK, element(SEEK_ID, identifier(ident)) + _number(SEEK_POSITION, position))
        for ident, position in positions
    )
    made = element(SEEK_HEAD, seeks)
    return made + void(SEEK_HEAD_ROOM - len(made))
