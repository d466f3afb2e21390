"""What the speaker's line loses must not freeze a viewer whose own line is clean."""

import asyncio
import time
from contextlib import asynccontextmanager

import pytest

from media.client.encoded_source import EncodedSource
from media.client.playback import Playback
from media.client.roles import Playing, Publishing
from media.sfu.engine import EngineSettings, RelayEngine
from media.testcard.picture import Picture
from media.testcard.source import TestcardSource
from media.transport.dtls import DtlsCertificate
from tests.fakes.legs import run_leg
from tests.fakes.line import Shape, a_line
from tests.fakes.rooms import ticking
from tests.waiting import until

HOST = "127.0.0.1"
BAD = Shape(delay_s=0.125, loss_ratio=0.05)
WATCHED_S, LEAST_SHARE = 10, 0.85

pytestmark = pytest.mark.alone


def wall_ms():
    return time.time() * 1000


@asynccontextmanager
async def a_speaker_on(shape):
    engine = RelayEngine(EngineSettings(port=0, candidates=(HOST,), host=HOST))
    engine.open()
    router = engine.open_router("m1", lambda viewer: {"stage": "stage", "sound-0": "stage"})
    source = EncodedSource()
    testcard = TestcardSource(
        Picture(5, "UBND xã Vân Sơn"), source, point_number=5, bitrate_bps=320_000, wall_ms=wall_ms
    )
    playback = Playback(wall_ms, lambda slot, packet: None)
    certificate = DtlsCertificate()
    tasks = [
        asyncio.create_task(part) for part in (engine.run(), testcard.run(), ticking(playback))
    ]
    with a_line(HOST, engine.port, shape, seed=3) as line:
        ways = (
            ("publish", Publishing(source, "p5"), line.port),
            ("play", Playing(playback), None),
        )
        for name, user, port in ways:
            _, running = await run_leg(engine, router, name, user, certificate, through_port=port)
            tasks.append(running)
        try:
            yield playback, line
        finally:
            for task in reversed(tasks):
                task.cancel()
            await asyncio.wait(tasks)
            await engine.close()


async def test_a_viewer_on_a_clean_line_keeps_seeing_the_speaker():
    async with a_speaker_on(BAD) as (playback, line):
        flow = playback.videos["stage"].flow
        await until(lambda: flow.total.frames > 50, 20, "the first pictures")
        before, began_s = flow.total.frames, time.monotonic()
        await until(lambda: time.monotonic() - began_s >= WATCHED_S, WATCHED_S + 2)
        seen = flow.total.frames - before
        assert line.dropped_total > 20
        assert seen >= LEAST_SHARE * 25 * WATCHED_S, (
            seen,
            playback.videos["stage"].keyframe_requests,
        )
