"""What a room tells its camera's pipeline: each wish is heard at once, alone or with others."""

import asyncio
from dataclasses import replace

import pytest

from agent.room.gstreamer.child import started
from agent.room.gstreamer.pipelines import camera_pipeline
from agent.room.settings import CameraSettings
from media.wire import rtp, vp8
from tests.fakes.rtsp import has_rtsp
from tests.waiting import until

pytestmark = pytest.mark.skipif(not has_rtsp(), reason="no GStreamer of the system's")


async def test_a_wish_that_comes_with_another_does_not_wait_for_the_next() -> None:
    settings = CameraSettings(kind="test", width=320, height=180)
    pipeline = camera_pipeline(
        settings, codec="VP8", is_passed=False, bitrate_bps=300_000, has_sound=False
    )
    seldom = pipeline.description.replace("keyframe-max-dist=50", "keyframe-max-dist=5000")
    assert seldom != pipeline.description
    keyframes: set[int] = set()

    def take(packet: bytes) -> None:
        parsed = rtp.parse(packet)
        if vp8.parse(parsed.payload).is_keyframe:
            keyframes.add(parsed.timestamp)

    async with started(replace(pipeline, description=seldom)) as child:
        running = asyncio.create_task(child.run(take))
        await until(lambda: keyframes, 20, "the first picture has come")
        begun = len(keyframes)
        child.tell("bitrate 200000\nkeyframe")
        await until(lambda: len(keyframes) > begun, 10, "the keyframe that was asked for")
        running.cancel()
        await asyncio.wait((running,))
