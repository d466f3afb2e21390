"""One run of a recording: frames to clusters, twice a second to the disk; who spoke, beside it."""

import errno
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from contracts import codec
from contracts.floor import FloorState
from contracts.ids import PointId
from contracts.recordings import SPEECH, STREAMS, RecorderTrouble
from media.errors import MalformedPacket
from media.recorder import avc, matroska, speech
from media.recorder.file_writer import FileWriter
from media.recorder.intake import SlotFrame
from media.recorder.matroska import Block, Track
from media.wire.sdp import Kind
from media.wire.sdp_offer import IncomingStream
from media.wire.video_codec import VIDEO_CODECS, CodecName, announced_by

CLOSE_LIMIT_S = 5.0
_CODECS: Mapping[Kind, Sequence[CodecName]] = {"video": VIDEO_CODECS, "audio": ("OPUS",)}
# Of pictures that have not come when the head is written; each keyframe says what it is.
_UNKNOWN = {"VP8": (1280, 720, b""), "H264": (1280, 720, avc.UNKNOWN)}


class Recording:
    """Takes frames; `flush` hands what has come to the writer.

    A slot of pictures has a track for each codec: rooms send what is best for them, so that a slot
    changes with whom it shows, and two slots are of two codecs at a time.

    Args:
        folder: of this run; made with its first cluster.
        slots: in the order of their tracks.
    """

    def __init__(
        self,
        folder: Path,
        writer: FileWriter,
        *,
        title: str,
        chair: PointId,
        slots: Sequence[IncomingStream],
        begins_at: datetime,
    ) -> None:
        self.folder = folder
        self.begins_at = begins_at
        self.writer = writer
        self._title = title
        self._chair = chair
        streams = [(one.slot, codec) for one in slots for codec in _CODECS[one.kind]]
        self._numbers = {stream: number for number, stream in enumerate(streams, start=1)}
        self._zero_ms: int | None = None
        self._pending: list[Block] = []
        self._pictures: dict[tuple[str, CodecName], tuple[int, int, bytes]] = {}
        self._has_head = False
        self._told: tuple[FloorState, str | None] | None = None

    @property
    def has_begun(self) -> bool:
        """Whether anything has been written."""
        return self._has_head

    @property
    def dropped(self) -> int:
        """Pieces, of half a second each, that the disk did not take."""
        return self.writer.dropped

    def take(self, frame: SlotFrame) -> None:
        """Take a frame; what belongs to no track of this run is passed over."""
        number = self._numbers.get((frame.slot, frame.codec))
        if number is None:
            return
        if self._zero_ms is None:
            self._zero_ms = frame.at_ms
        data, is_keyframe = self._as_block(frame)
        at_ms = max(0, frame.at_ms - self._zero_ms)
        self._pending.append(Block(number, at_ms, data, is_keyframe))

    def _as_block(self, frame: SlotFrame) -> tuple[bytes, bool]:
        """Return a frame as its track holds it, and whether decoding may begin with it."""
        if frame.codec == "OPUS":
            return frame.data, True
        if frame.codec != "H264":
            is_keyframe = not frame.data[0] & 0x01
            if is_keyframe:
                self._note_picture(frame, b"")
            return frame.data, is_keyframe
        units = avc.units(frame.data)
        is_keyframe = avc.is_keyframe(units)
        if is_keyframe:
            self._note_picture(frame, avc.configuration(units) or avc.UNKNOWN)
        return avc.sample(units), is_keyframe

    def _note_picture(self, frame: SlotFrame, private: bytes) -> None:
        """Keep what the head says of a track, as long as it is not written."""
        if self._has_head or (frame.slot, frame.codec) in self._pictures:
            return
        try:
            size = announced_by(frame.data, frame.codec)
        except MalformedPacket:
            return
        if size is not None:
            self._pictures[frame.slot, frame.codec] = (*size, private)

    def flush(self) -> None:
        """Hand on what has come, as one cluster (or more, where its times are far apart)."""
        if not self._pending:
            return
        pending = sorted(self._pending, key=lambda block: block.at_ms)
        self._pending = []
        path = self.folder / STREAMS
        if not self._has_head:
            self._has_head = True
            self.writer.append(path, self._head())
        part: list[Block] = []
        for block in pending:
            if part and block.at_ms - part[0].at_ms > matroska.MAX_CLUSTER_MS:
                self.writer.append(path, matroska.cluster(part))
                part = []
            part.append(block)
        self.writer.append(path, matroska.cluster(part))

    def _head(self) -> bytes:
        # Players begin with the first track of pictures: one that has some.
        streams = sorted(
            self._numbers, key=lambda one: one[1] != "OPUS" and one not in self._pictures
        )
        tracks = [self._track(*one) for one in streams]
        return matroska.head(tracks, title=self._title, begins_at=self.begins_at)

    def _track(self, slot: str, codec: CodecName) -> Track:
        number = self._numbers[slot, codec]
        if codec == "OPUS":
            return Track(number, "audio", slot, codec)
        # A slot that is empty so far will show what the meeting has.
        alike = (one for (_, other), one in self._pictures.items() if other == codec)
        known = self._pictures.get((slot, codec)) or next(alike, _UNKNOWN[codec])
        return Track(number, "video", slot, codec, *known)

    def floor_moved(
        self, floor: FloorState, loudest: str | None, *, now_ms: float, happened_at: datetime
    ) -> None:
        """Write down who speaks from now on.

        Args:
            loudest: who is heard the most, where everybody may speak.
            now_ms: on the clock of the frames.
        """
        if self._zero_ms is None:
            return
        at_ms = max(0, int(now_ms) - self._zero_ms)
        line = speech.line_of(floor, self._chair, loudest, at_ms=at_ms, happened_at=happened_at)
        told = (floor, line.loudest or None)
        if self._told == told:
            return
        self._told = told
        self.writer.append(self.folder / SPEECH, codec.encode(line) + b"\n")

    def trouble(self, *, blocked_after_s: float) -> RecorderTrouble | None:
        """Return what keeps it from being written."""
        failure = self.writer.failure
        if failure is not None:
            is_full = failure.errno in (errno.ENOSPC, errno.EDQUOT)
            return RecorderTrouble.DISK_FULL if is_full else RecorderTrouble.DISK_FAILED
        if self.writer.blocked_s() >= blocked_after_s:
            return RecorderTrouble.DISK_BLOCKED
        return None

    def close(self) -> bool:
        """Write what is left; False: the disk does not take it in time. Blocks."""
        self.flush()
        return self.writer.close(CLOSE_LIMIT_S)
