"""VP8 packets in order to whole frames; after a loss nothing until the next keyframe."""

from dataclasses import dataclass, field

from media.errors import MalformedPacket
from media.wire import rtp, vp8

MAX_FRAME_BYTES = 2 * 1024 * 1024


@dataclass(slots=True)
class Assembly:
    """The frames of one stream. `needs_keyframe` is true from the start and after a loss."""

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
        try:
            descriptor = vp8.parse(packet.payload)
        except MalformedPacket:
            self._broken()
            return None
        if descriptor.is_frame_start:
            if self._is_open:
                self._broken()
            self._begin(packet.timestamp, is_keyframe=descriptor.is_keyframe)
        elif not self._is_open or packet.timestamp != self._timestamp:
            self._broken()
            return None
        part = bytes(packet.payload[descriptor.size :])
        self._parts.append(part)
        self._size += len(part)
        if self._size > MAX_FRAME_BYTES:
            self._broken()
            return None
        return self._complete() if packet.is_marked else None

    def _begin(self, timestamp: int, *, is_keyframe: bool) -> None:
        self._parts.clear()
        self._size = 0
        self._is_open = True
        self._is_keyframe = is_keyframe
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
