"""A source whose pictures and sounds are encoded in this process, such as the testcard's.

Whoever makes them gives payloads and their RTP times, which count the wall clock, and asks
before each picture whether it has to be a keyframe.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from media.client.media_source import NO_NUMBER, PICTURE_MAX_BPS, MediaSource
from media.client.send_stream import SendStream
from media.client.sinks import PacketSink
from media.client.uplink_rate import Shares
from media.sfu.sizes import SENT, Size
from media.wire import audio_level, rtp, vp8
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
    """Takes encoded pictures and sounds; `shares` says how large they may be.

    Args:
        picture_sinks: also get every packet of the picture, such as the room's own screen.
        picture_max_bps: of the large picture.
    """

    def __init__(
        self,
        picture_sinks: Sequence[PacketSink] = (),
        *,
        picture_max_bps: int = PICTURE_MAX_BPS,
    ) -> None:
        self._video = _stream(VP8_PAYLOAD_TYPE, VIDEO_CLOCK_HZ)
        self._sound = _stream(OPUS_PAYLOAD_TYPE, SOUND_CLOCK_HZ)
        self._small = _stream(VP8_PAYLOAD_TYPE, VIDEO_CLOCK_HZ)
        super().__init__(self._video, self._sound, self._small, picture_max_bps=picture_max_bps)
        self._picture_sinks = tuple(picture_sinks)
        # What the room sees of itself goes on while the relay wants none of it.
        self._shown = SendStream(
            self.video_ssrc, VP8_PAYLOAD_TYPE, VIDEO_CLOCK_HZ, secrets.randbits(15)
        )
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

    def share(self, shares: Shares, before: Shares) -> None:
        """Begin a picture that is sent again with a keyframe."""
        if shares.picture_bps and not before.picture_bps:
            self.want_keyframe(Size.HIGH)
        if shares.small_bps and not before.small_bps:
            self.want_keyframe(Size.LOW)

    def send_picture(self, data: bytes, timestamp: int, *, is_keyframe: bool) -> None:
        """Send one VP8 frame, where it is wanted; `timestamp` counts the video clock."""
        self.counts.pictures += 1
        self.counts.keyframes += is_keyframe
        payloads = self._payloads(Size.HIGH, data)
        if Size.HIGH in self.wanted and self.shares.picture_bps:
            self._send_frame(self._video, payloads, timestamp)
        for _, packet in _frame(self._shown, payloads, timestamp):
            for sink in self._picture_sinks:
                sink(packet)

    def send_small_picture(self, data: bytes, timestamp: int) -> None:
        """Send one VP8 frame of the low size."""
        if not self.shares.small_bps:
            return
        self.counts.small_pictures += 1
        self._send_frame(self._small, self._payloads(Size.LOW, data), timestamp)

    def _payloads(self, size: Size, data: bytes) -> list[bytes]:
        state = self._states[size]
        picture_id = state.picture_id
        state.picture_id = (picture_id + 1) % vp8.PICTURE_ID_MODULUS
        return list(vp8.packetize(data, picture_id=picture_id))

    def _send_frame(self, stream: SendStream, payloads: Sequence[bytes], timestamp: int) -> None:
        extensions = NO_NUMBER if self.is_numbered else rtp.NO_EXTENSIONS
        for number, packet in _frame(stream, payloads, timestamp, extensions):
            self._send(stream, number, packet)

    def send_sound(self, payload: bytes, timestamp: int, *, level: int) -> None:
        """Send one Opus frame; `timestamp` counts the sound's clock, `level` is RFC 6464's."""
        self.counts.sounds += 1
        said = dict(NO_NUMBER) if self.is_numbered else {}
        if self.says_levels:
            said[audio_level.EXTENSION_ID] = audio_level.written(level)
        self._send(
            self._sound,
            *self._sound.packet(payload, timestamp, is_marked=False, extensions=said),
        )


def _frame(
    stream: SendStream,
    payloads: Sequence[bytes],
    timestamp: int,
    extensions: Mapping[int, bytes] = rtp.NO_EXTENSIONS,
) -> Iterator[tuple[int, bytes]]:
    for index, payload in enumerate(payloads):
        is_last = index == len(payloads) - 1
        yield stream.packet(payload, timestamp, is_marked=is_last, extensions=extensions)


def _stream(payload_type: int, clock_hz: int) -> SendStream:
    return SendStream(secrets.randbits(32), payload_type, clock_hz, secrets.randbits(15))
