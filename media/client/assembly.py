"""Packets in order to whole frames; after a loss nothing until the next keyframe.

A frame of H.264 comes out as a byte stream (Annex B). Its first packet does not say that it is
one: it is the first with another time.
"""

from dataclasses import dataclass, field

from media.errors import MalformedPacket
from media.wire import h264, rtp, vp8
from media.wire.rtp import Buffer
from media.wire.video_codec import BASE, CodecName

MAX_FRAME_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Part:
    """What a packet adds. `is_start` is None where the packet itself does not say."""

    data: bytes
    is_start: bool | None
    is_keyframe: bool


def _vp8_part(payload: Buffer) -> _Part:
    descriptor = vp8.parse(payload)
    data = bytes(payload[descriptor.size :])
    return _Part(data, descriptor.is_frame_start, descriptor.is_keyframe)


def _h264_part(payload: Buffer) -> _Part:
    return _Part(h264.stream_part(payload), None, h264.parse(payload).is_keyframe)


@dataclass(slots=True)
class Assembly:
    """The frames of one stream. `needs_keyframe` is true from the start and after a loss."""

    codec: CodecName = BASE
    needs_keyframe: bool = True
    _parts: list[bytes] = field(default_factory=list)
    _is_open: bool = False
    _is_keyframe: bool = False
    _timestamp: int = 0
    _size: int = 0

    def push(self, packet: rtp.RtpPacket, lost_before: int) -> bytes | None:
        """Take the next packet in order; return a frame where one is complete."""
        if lost_before:
            self._broken()
        if not packet.payload:
            return None  # padding, sent to probe the line
        read = _h264_part if self.codec == "H264" else _vp8_part
        try:
            part = read(packet.payload)
        except MalformedPacket:
            self._broken()
            return None
        is_same = self._is_open and packet.timestamp == self._timestamp
        if part.is_start or (part.is_start is None and not is_same):
            if self._is_open:
                self._broken()
            self._begin(packet.timestamp)
        elif not is_same:
            self._broken()
            return None
        self._is_keyframe = self._is_keyframe or part.is_keyframe
        self._parts.append(part.data)
        self._size += len(part.data)
        if self._size > MAX_FRAME_BYTES:
            self._broken()
            return None
        return self._complete() if packet.is_marked else None

    def _begin(self, timestamp: int) -> None:
        self._parts.clear()
        self._size = 0
        self._is_open = True
        self._is_keyframe = False
        self._timestamp = timestamp

    def _broken(self) -> None:
        self._is_open = False
        self._parts.clear()
        self.needs_keyframe = True

    def _complete(self) -> bytes | None:
        self._is_open = False
        frame = b"".join(self._parts)
        self._parts.clear()
        if self._is_keyframe:
            self.needs_keyframe = False
        return None if self.needs_keyframe else frame
