"""The one door to PyAV: VP8 and Opus both ways, H.264 decoded; one frame at a time.

Objects here are used by one thread at a time.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from numpy.typing import NDArray

from media.wire.rtp import SOUND_CLOCK_HZ, VIDEO_CLOCK_HZ
from media.wire.video_codec import BASE, CodecName

Plane = NDArray[np.uint8]
Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """One VP8 frame."""

    data: bytes
    is_keyframe: bool


class VideoEncoder:
    """VP8 in real time on one thread; a keyframe on request and every `gop` frames."""

    def __init__(
        self, width: int, height: int, *, rate_hz: int, bitrate_bps: int, gop: int
    ) -> None:
        context = VideoCodecContext.create("libvpx", "w")
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base = Fraction(1, VIDEO_CLOCK_HZ)
        context.framerate = Fraction(rate_hz, 1)
        context.bit_rate = bitrate_bps
        context.gop_size = gop
        context.thread_count = 1
        context.options = {
            "deadline": "realtime",
            "cpu-used": "10",
            "lag-in-frames": "0",
            "max-intra-rate": "300",
        }
        self._context = context
        self._frame = av.VideoFrame(width, height, "yuv420p")
        self._step = VIDEO_CLOCK_HZ // rate_hz
        self._pts = 0
        self.planes: list[Plane] = [_view(self._frame, index) for index in range(3)]

    def encode(self, *, is_keyframe: bool) -> EncodedPicture | None:
        """Encode what `planes` hold. None: the encoder dropped the frame to keep its rate."""
        # A count of its own: the encoder takes no time that goes back, a wall clock may.
        self._pts += self._step
        self._frame.pts = self._pts
        self._frame.pict_type = PictureType.I if is_keyframe else PictureType.NONE
        packets = self._context.encode(self._frame)
        if not packets:
            return None
        data = b"".join(bytes(packet) for packet in packets)
        return EncodedPicture(data, any(packet.is_keyframe for packet in packets))


class VideoDecoder:
    """Frames of VP8, or of H.264 as a byte stream, to luma; the caller begins with a keyframe."""

    def __init__(self, codec: CodecName = BASE) -> None:
        context = VideoCodecContext.create("h264" if codec == "H264" else "vp8", "r")
        self._context = context
        self._context.thread_count = 1
        self._context.flags |= Flags.low_delay  # nothing is held back to be put in order

    def decode(self, data: bytes) -> Plane | None:
        """Return the picture's luma (height by width), or None where it cannot be decoded."""
        if not data:  # to FFmpeg the end of the stream, after which it takes nothing more
            return None
        try:
            frames = self._context.decode(av.Packet(data))
        except av.FFmpegError:
            return None
        return _view(frames[-1], 0) if frames else None


class SoundEncoder:
    """Opus, mono, 20 ms frames, for a low delay."""

    def __init__(self, bitrate_bps: int = 24_000) -> None:
        context = AudioCodecContext.create("libopus", "w")
        context.sample_rate = SOUND_CLOCK_HZ
        context.layout = "mono"
        context.format = "s16"
        context.bit_rate = bitrate_bps
        context.options = {
            "application": "lowdelay",
            "frame_duration": "20",
            "compression_level": "3",
        }
        self._context = context
        self._pts = 0

    def encode(self, samples: Samples) -> bytes:
        """Return one frame; empty where the encoder has nothing to say yet."""
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = SOUND_CLOCK_HZ
        frame.pts = self._pts
        self._pts += samples.size
        return b"".join(bytes(packet) for packet in self._context.encode(frame))


class SoundDecoder:
    """Opus to mono samples."""

    def __init__(self) -> None:
        context = AudioCodecContext.create("libopus", "r")
        context.sample_rate = SOUND_CLOCK_HZ
        context.layout = "mono"
        self._context = context

    def decode(self, data: bytes) -> Samples | None:
        """Return the frame's samples, or None where it cannot be decoded."""
        if not data:  # as above
            return None
        try:
            frames = self._context.decode(av.Packet(data))
        except av.FFmpegError:
            return None
        if not frames:
            return None
        values: NDArray[Any] = frames[0].to_ndarray()
        if values.dtype != np.int16:
            values = (values * 32767).astype(np.int16)
        return (
            values[0]
            if frames[0].format.is_planar
            else values[0, :: len(frames[0].layout.channels)]
        )


def _view(frame: av.VideoFrame, index: int) -> Plane:
    plane = frame.planes[index]
    flat: Plane = np.frombuffer(plane, dtype=np.uint8)  # type: ignore[call-overload]
    whole = flat[: plane.height * plane.line_size].reshape(plane.height, plane.line_size)
    return whole[:, : plane.width]
