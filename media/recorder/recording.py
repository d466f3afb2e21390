"""One run of a recording: frames to clusters, twice a second to the disk; who spoke, beside it."""

import errno
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from contracts import codec
from contracts.floor import FloorState
from contracts.ids import PointId
from contracts.recordings import SPEECH, STREAMS, RecorderTrouble
from media.errors import MalformedPacket
from media.recorder import matroska, speech
from media.recorder.file_writer import FileWriter
from media.recorder.intake import Frame
from media.recorder.matroska import Block, Track
from media.wire import vp8
from media.wire.sdp_offer import IncomingStream

CLOSE_LIMIT_S = 5.0


class Recording:
    """Takes frames; `flush` hands what has come to the writer.

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
        self._slots = slots
        self._numbers = {one.slot: number for number, one in enumerate(slots, start=1)}
        self._zero_ms: int | None = None
        self._pending: list[Block] = []
        self._sizes: dict[str, tuple[int, int]] = {}
        self._has_head = False
        self._floor: FloorState | None = None

    @property
    def has_begun(self) -> bool:
        """Whether anything has been written."""
        return self._has_head

    @property
    def dropped(self) -> int:
        """Pieces, of half a second each, that the disk did not take."""
        return self.writer.dropped

    def take(self, frame: Frame) -> None:
        """Take a frame. What belongs to no track of this run is passed over."""
        number = self._numbers.get(frame.slot)
        if number is None:
            return
        if self._zero_ms is None:
            self._zero_ms = frame.at_ms
        if frame.kind == "video" and frame.is_keyframe and not self._has_head:
            self._note_size(frame)
        at_ms = max(0, frame.at_ms - self._zero_ms)
        self._pending.append(Block(number, at_ms, frame.data, frame.is_keyframe))

    def _note_size(self, frame: Frame) -> None:
        try:
            size = vp8.picture_size(frame.data)
        except MalformedPacket:
            return
        if size is not None:
            self._sizes.setdefault(frame.slot, size)

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
        tracks = [
            Track(self._numbers[one.slot], one.kind, one.slot, *self._sizes.get(one.slot, ()))
            for one in self._slots
        ]
        return matroska.head(tracks, title=self._title, begins_at=self.begins_at)

    def floor_moved(self, floor: FloorState, *, now_ms: float, happened_at: datetime) -> None:
        """Write down who speaks from now on.

        Args:
            now_ms: on the clock of the frames.
        """
        if self._floor == floor or self._zero_ms is None:
            return
        self._floor = floor
        at_ms = max(0, int(now_ms) - self._zero_ms)
        line = speech.line_of(floor, self._chair, at_ms=at_ms, happened_at=happened_at)
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
