"""The synthetic source: a picture every 40 ms and a sound every 20 ms of the wall clock.

Both are paced to the grid of the wall clock, and their RTP timestamps count it, so that
a receiver can tell how old each is. On a busy machine a picture is made late, with the
time of its slot; those more than 120 ms behind are left out, and their numbers missing.

Encoding runs on the event loop: at 640x360 a picture takes 1 to 3 ms, less than the two
changes of thread would cost on a machine that has other work.
"""

import asyncio
import time
from collections.abc import Callable

import numpy as np

from media.client.codecs import SoundEncoder, VideoEncoder
from media.client.encoded_source import EncodedSource
from media.client.following_encoder import FollowingEncoder
from media.sfu.sizes import Size
from media.testcard import frame_clock, marker, tone
from media.testcard.picture import HEIGHT, WIDTH, Picture
from media.wire.rtp import VIDEO_CLOCK_HZ
from runtime.guard import keep

PICTURE_RATE_HZ = 1000 // marker.SLOT_MS
KEYFRAME_EVERY_FRAMES = 10 * PICTURE_RATE_HZ
REPORT_EVERY_MS = 1_000
SMALL_BPS = 100_000
SMALL_EVERY = 2  # pictures: a tile need not be smooth
_MOST_LATE_PICTURES = 3
_MOST_LATE_FRAMES = 10

WallMs = Callable[[], float]


class TestcardSource:
    """Makes pictures and sound while it runs, and gives them to `media`.

    Args:
        wall_ms: the corrected wall clock in milliseconds since the epoch.
        is_silent: sends silence in place of the rhythm.
    """

    def __init__(
        self,
        picture: Picture,
        media: EncodedSource,
        *,
        point_number: int,
        bitrate_bps: int,
        wall_ms: WallMs,
        is_silent: bool = False,
    ) -> None:
        self.media = media
        self._picture = picture
        self._number = 0 if is_silent else point_number
        self._wall_ms = wall_ms
        self._encoder = FollowingEncoder(
            WIDTH,
            HEIGHT,
            rate_hz=PICTURE_RATE_HZ,
            most_bps=bitrate_bps,
            gop=KEYFRAME_EVERY_FRAMES,
        )
        self._small_encoder = VideoEncoder(
            WIDTH // 2,
            HEIGHT // 2,
            rate_hz=PICTURE_RATE_HZ // SMALL_EVERY,
            bitrate_bps=SMALL_BPS,
            gop=KEYFRAME_EVERY_FRAMES,
        )
        self._sound_encoder = SoundEncoder()

    async def run(self) -> None:
        """Make pictures and sound until cancelled."""
        async with asyncio.TaskGroup() as group:
            keep(group, self._run_pictures, name="pictures")
            keep(group, self._run_sound, name="sound")
            keep(group, self._run_reports, name="sender-reports")
            keep(group, self.media.run, name="uplink-turns")

    async def _run_pictures(self) -> None:
        """Make every picture, late ones too, as a camera's queue would; the oldest are left out."""
        made: int | None = None
        while True:
            newest = await self._next_slot(marker.SLOT_MS) // marker.SLOT_MS
            slots = frame_clock.due(made, newest, most_late=_MOST_LATE_PICTURES)
            self.media.counts.pictures_left_out += frame_clock.left_out(made, slots)
            for slot in slots:
                slot_ms = slot * marker.SLOT_MS
                self._make_picture(slot_ms)
            made = newest

    async def _run_sound(self) -> None:
        """Make every frame of sound, late ones too: a listener bridges a delay, not a hole."""
        made: int | None = None
        while True:
            slot_ms = await self._next_slot(tone.FRAME_MS)
            # A frame is complete when its last sample is taken: it began 20 ms ago.
            newest = slot_ms // tone.FRAME_MS - 1
            if self.media.leg is not None:
                for index in frame_clock.due(made, newest, most_late=_MOST_LATE_FRAMES):
                    self._make_sound(index)
            made = newest

    def _make_sound(self, index: int) -> None:
        timestamp = index * tone.FRAME_SAMPLES
        samples = self._samples(index)
        payload = self._sound_encoder.encode(samples)
        if payload:
            self.media.send_sound(payload, timestamp, level=tone.level(samples))

    async def _run_reports(self) -> None:
        while True:
            await self._next_slot(REPORT_EVERY_MS)
            self.media.report(self._wall_ms(), now=time.monotonic())

    async def _next_slot(self, slot_ms: int) -> int:
        """Sleep until the wall clock's next multiple of slot_ms; return it."""
        now_ms = self._wall_ms()
        target = (int(now_ms) // slot_ms + 1) * slot_ms
        await asyncio.sleep((target - now_ms) / 1000)
        late = self._wall_ms()
        return target if late < target + slot_ms else int(late) // slot_ms * slot_ms

    def _samples(self, index: int) -> tone.Samples:
        if self._number == 0:
            return np.zeros(tone.FRAME_SAMPLES, dtype=np.int16)
        return tone.frame(self._number, index)

    def _make_picture(self, slot_ms: int) -> None:
        self._encoder.follow(self.media.shares.picture_bps, slot_ms)
        self._picture.draw(self._encoder.planes, slot_ms)
        encoded = self._encoder.encode(is_keyframe=self.media.take_keyframe_wish(slot_ms))
        timestamp = slot_ms * VIDEO_CLOCK_HZ // 1000
        if encoded is not None:
            self.media.send_picture(encoded.data, timestamp, is_keyframe=encoded.is_keyframe)
        if Size.LOW in self.media.wanted and slot_ms // marker.SLOT_MS % SMALL_EVERY == 0:
            self._make_small_picture(slot_ms, timestamp)

    def _make_small_picture(self, slot_ms: int, timestamp: int) -> None:
        for small, full in zip(self._small_encoder.planes, self._encoder.planes, strict=True):
            small[:] = full[::2, ::2]
        is_keyframe = self.media.take_keyframe_wish(slot_ms, Size.LOW)
        encoded = self._small_encoder.encode(is_keyframe=is_keyframe)
        if encoded is not None:
            self.media.send_small_picture(encoded.data, timestamp)
