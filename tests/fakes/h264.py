"""A camera of H.264: pictures encoded by libx264, in payloads as browsers and cameras make them."""

from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from media.wire import rtp
from media.wire.h264 import PPS, SPS, STAP_A

START_CODE = b"\0\0\1"
FU_A = 28


class H264Camera:
    """Grey pictures of a size; `access_units` are lists of NAL units."""

    def __init__(
        self, width: int, height: int, *, profile: str = "baseline", options: str = ""
    ) -> None:
        context = VideoCodecContext.create("libx264", "w")
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base = Fraction(1, 25)
        context.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "profile": profile,
            "x264-params": f"annexb=1:keyint=1000:scenecut=0{options}",
        }
        self._context = context
        self._size = width, height
        self._count = 0

    def picture(self, *, is_keyframe: bool = False, shade: int = 90) -> list[bytes]:
        """Return the NAL units of the next picture."""
        width, height = self._size
        image = np.full((height, width, 3), shade, np.uint8)
        image[:, self._count * 7 % width] = 255 - shade
        frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")
        frame.pts = self._count
        frame.pict_type = PictureType.I if is_keyframe or not self._count else PictureType.NONE
        self._count += 1
        data = b"".join(bytes(packet) for packet in self._context.encode(frame))
        return [unit.strip(b"\0") for unit in data.split(START_CODE) if unit.strip(b"\0")]


def payloads(units: list[bytes], *, most: int = 1100, is_aggregated: bool = True) -> list[bytes]:
    """Return an access unit's payloads: parameter sets together, the large in fragments."""
    sets = [unit for unit in units if unit[0] & 0x1F in (SPS, PPS)]
    made: list[bytes] = []
    if sets and is_aggregated:
        made.append(bytes((0x60 | STAP_A,)) + b"".join(len(s).to_bytes(2) + s for s in sets))
        units = [unit for unit in units if unit not in sets]
    for unit in units:
        made += [unit] if len(unit) <= most else list(_fragments(unit, most))
    return made


def _fragments(unit: bytes, most: int) -> Iterator[bytes]:
    room = most - 2
    pieces = [unit[at : at + room] for at in range(1, len(unit), room)]
    for index, piece in enumerate(pieces):
        flags = (0x80 if index == 0 else 0) | (0x40 if index == len(pieces) - 1 else 0)
        yield bytes((unit[0] & 0xE0 | FU_A, flags | unit[0] & 0x1F)) + piece


def packets(
    made: list[bytes], *, number: int, timestamp: int, ssrc: int = 7, payload_type: int = 102
) -> list[rtp.RtpPacket]:
    """Return the packets of one picture, the last of them marked."""
    last = len(made) - 1
    return [
        rtp.RtpPacket(payload_type, i == last, number + i & 0xFFFF, timestamp, ssrc, payload, {})
        for i, payload in enumerate(made)
    ]
