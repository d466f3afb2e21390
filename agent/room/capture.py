"""The room's camera and microphone: the browser has them, this process takes its packets up.

They are open only while the room is in a meeting, from its joining on: outside it no
publication is taken, and one that is still there is closed.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from agent.room.feed import LocalRelay
from contracts.reports import DeviceName, DeviceState
from media.client.forwarded_source import ForwardedSource
from runtime.guard import guarded, keep

REPORT_EVERY_S = 1.0


class Devices(msgspec.Struct, frozen=True, kw_only=True):
    """What the page has open, by name."""

    camera: DeviceState = DeviceState()
    microphone: DeviceState = DeviceState()
    speaker: DeviceName = ""
    # What the browser can encode pictures in, first what costs it the least.
    codecs: Annotated[tuple[Literal["VP8", "H264"], ...], Meta(max_length=2)] = ("VP8",)


class CaptureSource:
    """Takes the browser's packets up while it runs; the browser may come later, and again."""

    def __init__(
        self,
        feed: LocalRelay,
        wall_ms: Callable[[], float],
        is_heard: Callable[[], bool],
        *,
        picture_max_bps: int,
    ) -> None:
        self.media = ForwardedSource(
            feed.ask_own_keyframe,
            is_heard,
            codecs=lambda: feed.codecs,
            on_agreed=feed.use_codec,
            limit=feed.limit_capture,
            picture_max_bps=picture_max_bps,
            on_wanted=feed.want_sizes,
        )
        self._feed = feed
        self._wall_ms = wall_ms

    async def run(self) -> None:
        """Send until cancelled; the browser's publication ends with it."""
        self._feed.open_to_capture(self.media)
        try:
            async with asyncio.TaskGroup() as group:
                keep(group, self._run_reports, name="sender-reports")
                keep(group, self.media.run, name="uplink-turns")
        finally:
            self._feed.close_to_capture()

    async def _run_reports(self) -> None:
        while True:
            await asyncio.sleep(REPORT_EVERY_S)
            with guarded("report"):
                self._feed.tell_loss(self.media.sound_loss_ratio)
                self.media.report(self._wall_ms(), now=time.monotonic())
