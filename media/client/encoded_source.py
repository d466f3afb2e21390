"""A source whose pictures and sounds are encoded in this process, such as the testcard's.

Whoever makes them gives payloads and their RTP times, which count the wall clock, and asks
before each picture whether it has to be a keyframe.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from media.client.media_source import MediaSource
from media.client.send_stream import SendStream
from media.client.sinks import PacketSink
from media.sfu.sizes import SENT, Size
from media.wire import audio_level, vp8
from media.wire.rtp import SOUND_CLOCK_HZ, VIDEO_CLOCK_HZ
from media.wire.video_codec import OPUS_PAYLOAD_TYPE, VP8_PAYLOAD_TYPE

KEYFRAME_PAUSE_MS = 200


@dataclass(slots=True)
class _Encoding:
    """What goes on from picture to picture of one size."""

    picture_id: int
    is_keyframe_wanted: bool = True
    last_keyframe_ms: float = 0.0


class EncodedSource(MediaSource):
    """Takes encoded pictures and sounds.

    Args:
        picture_sinks: also get every packet of the picture, such as the room's own screen.
    """

    def __init__(self, picture_sinks: Sequence[PacketSink] = ()) -> None:
        self._video = _stream(VP8_PAYLOAD_TYPE, VIDEO_CLOCK_HZ)
        self._sound = _stream(OPUS_PAYLOAD_TYPE, SOUND_CLOCK_HZ)
        self._small = _stream(VP8_PAYLOAD_TYPE, VIDEO_CLOCK_HZ)
        super().__init__(self._video, self._sound, self._small)
        self._picture_sinks = tuple(picture_sinks)
        self._states = {size: _Encoding(secrets.randbits(15)) for size in SENT}

    def want_keyframe(self, size: Size = Size.HIGH) -> None:
        """Make the next picture of a size a keyframe, at most every 200 ms."""
        self._states[size].is_keyframe_wanted = True

    def take_keyframe_wish(self, now_ms: float, size: Size = Size.HIGH) -> bool:
        """Return whether the picture of this time has to be a keyframe; it then is one."""
        state = self._states[size]
        if not state.is_keyframe_wanted or now_ms - state.last_keyframe_ms < KEYFRAME_PAUSE_MS:
            return False
        state.is_keyframe_wanted = False
        state.last_keyframe_ms = now_ms
        return True

    def send_picture(self, data: bytes, timestamp: int, *, is_keyframe: bool) -> None:
        """Send one VP8 frame; `timestamp` counts the video clock."""
        self.counts.pictures += 1
        self.counts.keyframes += is_keyframe
        self._send_frame(Size.HIGH, self._video, data, timestamp, self._picture_sinks)

    def send_small_picture(self, data: bytes, timestamp: int) -> None:
        """Send one VP8 frame of the low size."""
        self.counts.small_pictures += 1
        self._send_frame(Size.LOW, self._small, data, timestamp, ())

    def _send_frame(
        self,
        size: Size,
        stream: SendStream,
        data: bytes,
        timestamp: int,
        sinks: Sequence[PacketSink],
    ) -> None:
        state = self._states[size]
        payloads = list(vp8.packetize(data, picture_id=state.picture_id))
        state.picture_id = (state.picture_id + 1) % vp8.PICTURE_ID_MODULUS
        for index, payload in enumerate(payloads):
            is_last = index == len(payloads) - 1
            number, packet = stream.packet(payload, timestamp, is_marked=is_last)
            self._send(stream, number, packet)
            for sink in sinks:
                sink(packet)

    def send_sound(self, payload: bytes, timestamp: int, *, level: int) -> None:
        """Send one Opus frame; `timestamp` counts the sound's clock, `level` is RFC 6464's."""
        self.counts.sounds += 1
        said = {audio_level.EXTENSION_ID: audio_level.written(level)} if self.says_levels else {}
        self._send(
            self._sound,
            *self._sound.packet(payload, timestamp, is_marked=False, extensions=said),
        )


def _stream(payload_type: int, clock_hz: int) -> SendStream:
    return SendStream(secrets.randbits(32), payload_type, clock_hz, secrets.randbits(15))
