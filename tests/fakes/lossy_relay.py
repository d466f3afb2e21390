"""An engine in this process with one drawn source, whose packets to its viewers get lost."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np

from media.client.codecs import SoundEncoder, VideoEncoder
from media.client.encoded_source import EncodedSource
from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.slots import Viewer
from media.sfu.subscriber import Subscriber
from media.transport.address import Address
from media.transport.udp import UdpEndpoint
from media.wire import rtp
from media.wire.rtp import SOUND_CLOCK_HZ, VIDEO_CLOCK_HZ
from media.wire.video_codec import OPUS_PAYLOAD_TYPE

SOUND_S, SAMPLES = 0.02, 960


class LossyEndpoint:
    """Loses a share of what is sent, and counts what is of which stream."""

    def __init__(self, endpoint: UdpEndpoint, loss_ratio: float) -> None:
        self.loss_ratio = loss_ratio
        self.sent: dict[int, int] = {}
        self._endpoint = endpoint
        self._chance = random.Random(7)

    def send(self, data: memoryview, address: Address) -> None:
        """Send a packet, or lose it."""
        ssrc = int.from_bytes(data[8:12])
        self.sent[ssrc] = self.sent.get(ssrc, 0) + 1
        if self._chance.random() >= self.loss_ratio:
            self._endpoint.send(data, address)

    def send_train(self, data: memoryview, segment: int, address: Address) -> None:
        """Send a train packet by packet."""
        for at in range(0, len(data), segment):
            self.send(data[at : at + segment], address)


class LossyRelay:
    """An engine, its viewer, and what the viewer is sent."""

    def __init__(self, engine: RelayEngine, loss_ratio: float) -> None:
        self.engine = engine
        self.endpoint = LossyEndpoint(engine.media_port.endpoint, loss_ratio)
        engine.fanout._endpoint = self.endpoint  # type: ignore[assignment]
        engine.fanout._bursts = None  # the C would lose nothing
        self.filling = {"stage": "cam", "sound-0": "cam"}
        self.router = engine.open_router("router", lambda viewer: self.filling)
        self.sessions: list[Subscriber] = []
        self._is_keyframe_due = True
        source = self.router.source("cam")
        self._video = source.inject_track("video", on_keyframe_wanted=self._keyframe_wanted)
        self._sound = source.inject_track("audio", on_keyframe_wanted=lambda: None)
        self._camera = EncodedSource([self._video.inject])

    def _keyframe_wanted(self) -> None:
        self._is_keyframe_due = True

    def answer(self, offer: str) -> str:
        """Answer a WHEP offer."""
        session, answer = self.engine.play(self.router, Viewer("viewer"), offer)
        self.sessions.append(session)
        return answer

    async def send(self) -> None:
        """Send pictures and a tone until cancelled."""
        pictures = VideoEncoder(640, 360, rate_hz=25, bitrate_bps=800_000, gop=1000)
        sounds, count, chance = SoundEncoder(), 0, np.random.default_rng(3)
        began = time.monotonic()
        while True:
            await asyncio.sleep(max(0.0, began + count * SOUND_S - time.monotonic()))
            at = np.arange(count * SAMPLES, (count + 1) * SAMPLES)
            tone = (8000 * np.sin(at * 2 * np.pi * 440 / SOUND_CLOCK_HZ)).astype(np.int16)
            if payload := sounds.encode(tone):
                self._inject_sound(payload, count)
            if count % 2 == 0:
                pictures.planes[0][:] = (count * 3) % 200 + 20
                pictures.planes[0][::4, ::4] = chance.integers(0, 255, (90, 160))
                is_key, self._is_keyframe_due = self._is_keyframe_due, False
                picture = pictures.encode(is_keyframe=is_key)
                if picture is not None:
                    stamp = count * SAMPLES * VIDEO_CLOCK_HZ // SOUND_CLOCK_HZ
                    self._camera.send_picture(picture.data, stamp, is_keyframe=picture.is_keyframe)
            count += 1

    def _inject_sound(self, payload: bytes, count: int) -> None:
        packet = rtp.build(
            payload_type=OPUS_PAYLOAD_TYPE,
            sequence_number=count & 0xFFFF,
            timestamp=count * SAMPLES & 0xFFFFFFFF,
            ssrc=3,
            payload=payload,
        )
        self._sound.inject(packet)


@asynccontextmanager
async def lossy_relay(host: str, *, loss_ratio: float) -> AsyncIterator[LossyRelay]:
    """Run it until the block ends."""
    engine = RelayEngine(EngineSettings(host=host, port=0, candidates=(host,)))
    engine.open()
    relay = LossyRelay(engine, loss_ratio)
    running = [asyncio.create_task(engine.run()), asyncio.create_task(relay.send())]
    try:
        yield relay
    finally:
        for task in running:
            task.cancel()
        await asyncio.wait(running)
        await engine.close()
