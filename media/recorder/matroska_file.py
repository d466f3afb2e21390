"""A recording that is over, whether it ended or was killed: it is completed in place.

What is torn at the end goes; cues, chapters and the length are added. To be repeated at will:
each time begins anew behind the last whole cluster.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from media.errors import BrokenRecording
from media.recorder import matroska
from media.recorder.matroska import Chapter, Cue

MAX_ELEMENT_BYTES = 64 * 1024 * 1024


@dataclass(slots=True)
class Scan:
    """What a file holds; positions are from the file's beginning."""

    segment_at: int = 0
    info_at: int = 0
    tracks_at: int = 0
    ends_at: int = 0
    length_ms: int = 0
    cues: list[Cue] = field(default_factory=list)


def scan(file: BinaryIO) -> Scan:
    """Return where everything is, up to the last whole cluster.

    Raises:
        BrokenRecording: it is none of ours, or ends before the first cluster.
    """
    found, size = Scan(), os.fstat(file.fileno()).st_size
    file.seek(0)
    while (header := _header(file)) is not None:
        ident, length, at = header
        body_at = file.tell()
        if ident == matroska.SEGMENT:
            found.segment_at = body_at
            continue
        if body_at + length > size:
            break
        if ident == matroska.INFO:
            found.info_at = at
        elif ident == matroska.TRACKS:
            found.tracks_at = at
            found.ends_at = body_at + length
        elif ident == matroska.CLUSTER:
            _take_cluster(found, file.read(length), at - found.segment_at)
            found.ends_at = body_at + length
        elif found.tracks_at:
            break  # it was completed before
        file.seek(body_at + length)
    if not found.tracks_at:
        raise BrokenRecording("its beginning is not whole")
    return found


def _header(file: BinaryIO) -> tuple[int, int, int] | None:
    """Return an element's id, size and position; None: the file ends, or is none of ours."""
    at = file.tell()
    start = file.read(12)
    id_length = _length_of(start[:1])
    size_at = id_length
    size_length = _length_of(start[size_at : size_at + 1])
    if not id_length or not size_length or len(start) < id_length + size_length:
        return None
    ident = int.from_bytes(start[:id_length], "big")
    raw = int.from_bytes(start[size_at : size_at + size_length], "big")
    length = raw & ((1 << 7 * size_length) - 1)
    file.seek(at + id_length + size_length)
    if ident != matroska.SEGMENT and length > MAX_ELEMENT_BYTES:
        return None
    return ident, length, at


def _length_of(first: bytes) -> int:
    return 9 - first[0].bit_length() if first and first[0] else 0


def _take_cluster(found: Scan, body: bytes, position: int) -> None:
    at, begin_ms = 0, 0
    seen: set[int] = set()
    while at < len(body):
        id_length = _length_of(body[at : at + 1])
        size_at = at + id_length
        size_length = _length_of(body[size_at : size_at + 1])
        if not id_length or not size_length:
            return
        length = int.from_bytes(body[size_at : size_at + size_length], "big")
        length &= (1 << 7 * size_length) - 1
        start = size_at + size_length
        ident = int.from_bytes(body[at:size_at], "big")
        if ident == matroska.TIMESTAMP:
            begin_ms = int.from_bytes(body[start : start + length], "big")
        elif ident == matroska.SIMPLE_BLOCK:
            track = body[start] & 0x7F
            at_ms = begin_ms + int.from_bytes(body[start + 1 : start + 3], "big", signed=True)
            found.length_ms = max(found.length_ms, at_ms)
            if body[start + 3] & 0x80 and track not in seen:
                seen.add(track)
                found.cues.append(Cue(at_ms, track, position))
        at = start + length


def length_ms(path: Path) -> int:
    """Return how long a recording is.

    Raises:
        BrokenRecording: it is none of ours, or ends before the first cluster.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return scan(file).length_ms


def finish(path: Path, chapters: Sequence[Chapter]) -> int:
    """Complete a recording; return its length in milliseconds.

    Raises:
        BrokenRecording: it is none of ours, or ends before the first cluster.
        OSError: it cannot be read or written.
    """
    with path.open("r+b") as file:
        found = scan(file)
        file.seek(found.ends_at)
        file.truncate()
        cues, chapter_part = matroska.cues(found.cues), matroska.chapters(chapters)
        file.write(cues + chapter_part)
        base = found.segment_at
        parts = [(matroska.INFO, found.info_at - base), (matroska.TRACKS, found.tracks_at - base)]
        if cues:
            parts.append((matroska.CUES, found.ends_at - base))
        if chapter_part:
            parts.append((matroska.CHAPTERS, found.ends_at + len(cues) - base))
        file.seek(base)
        file.write(matroska.seek_head(parts))
        file.seek(found.info_at)
        _header(file)
        file.write(matroska.duration(found.length_ms))
        file.flush()
        os.fsync(file.fileno())
    return found.length_ms
