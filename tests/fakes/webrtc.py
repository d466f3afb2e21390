"""aiortc as a foreign publisher and player: grey pictures and tones that tell who sends.

publisher = Publisher(shade=40, tone_hz=400); await publisher.join(relay, point)
player = Player(); await player.join(relay, point)
Publisher(..., codecs=("H264",)), Player(codecs=("VP8",))    offers these alone, in this order
player.shade("stage"), player.frames("stage"), player.tone("sound-0")
"""

import asyncio
import fractions
import time
from collections.abc import Sequence

import av
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCRtpTransceiver,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame

from contracts.participants import person_named
from contracts.tokens import Direction
from tests.fakes.relay import RelayProcess

RATE_HZ = 48_000
WIDTH, HEIGHT = 160, 96
FRAME_SAMPLES = 960
ONE_TRANSPORT = RTCConfiguration(bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)


class Grey(VideoStreamTrack):
    """Frames of one shade, with a moving block so that they are not all the same."""

    def __init__(self, shade: int) -> None:
        super().__init__()
        self._shade = shade
        self._count = 0

    async def recv(self):
        """Return the next frame in its time."""
        pts, time_base = await self.next_timestamp()
        picture = np.full((HEIGHT, WIDTH, 3), self._shade, np.uint8)
        self._count += 1
        left = self._count * 3 % (WIDTH - 16)
        picture[:16, left : left + 16] = 255 - self._shade
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = pts, time_base
        return frame


class Tone(MediaStreamTrack):
    """A sine."""

    kind = "audio"

    def __init__(self, frequency_hz: int) -> None:
        super().__init__()
        self._frequency_hz = frequency_hz
        self._count = 0
        self._began_at = 0.0

    async def recv(self):
        """Return the next 20 ms in their time."""
        if self._began_at == 0.0:
            self._began_at = time.monotonic()
        due = self._began_at + self._count * FRAME_SAMPLES / RATE_HZ
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        at = np.arange(self._count * FRAME_SAMPLES, (self._count + 1) * FRAME_SAMPLES) / RATE_HZ
        wave = (8000 * np.sin(2 * np.pi * self._frequency_hz * at)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave[None, :], format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        frame.pts = self._count * FRAME_SAMPLES
        frame.time_base = fractions.Fraction(1, RATE_HZ)
        self._count += 1
        return frame


def _prefer(transceiver: RTCRtpTransceiver, codecs: Sequence[str]) -> None:
    known = RTCRtpSender.getCapabilities("video").codecs
    wanted = [c for name in codecs for c in known if c.mimeType.lower() == f"video/{name.lower()}"]
    transceiver.setCodecPreferences(wanted)


async def _exchange(
    pc: RTCPeerConnection,
    relay: RelayProcess,
    direction: Direction,
    who: str,
    *,
    meeting_id: str = "m1",
) -> str:
    await pc.setLocalDescription(await pc.createOffer())
    name, offer = person_named(who), pc.localDescription.sdp
    if name is None:
        response = await relay.offer(direction, offer, point=who, meeting_id=meeting_id)
    else:
        response = await relay.offer_of_person(direction, offer, name=name)
    assert response.status_code == 201, response.text
    await pc.setRemoteDescription(RTCSessionDescription(response.text, "answer"))
    return response.headers["location"]


class Publisher:
    """A WHIP client."""

    def __init__(self, *, shade: int, tone_hz: int, codecs: Sequence[str] = ("VP8",)) -> None:
        self.pc = RTCPeerConnection(ONE_TRANSPORT)
        self.pc.addTrack(Tone(tone_hz))
        self.pc.addTrack(Grey(shade))
        _prefer(self.pc.getTransceivers()[1], codecs)
        self.location = ""

    async def join(self, relay: RelayProcess, point: str) -> None:
        """Publish as a point, or as `person:NAME`."""
        self.location = await _exchange(self.pc, relay, "publish", point)

    async def share(self, relay: RelayProcess, point: str) -> None:
        """Share it as content."""
        self.location = await _exchange(self.pc, relay, "share", point)

    async def close(self) -> None:
        """Leave."""
        await self.pc.close()


class Player:
    """A WHEP client that keeps what it decodes."""

    def __init__(
        self, *, codecs: Sequence[str] = ("VP8", "H264"), videos: int = 2, sounds: int = 3
    ) -> None:
        self.pc = RTCPeerConnection(ONE_TRANSPORT)
        for kind in ["video"] * videos + ["audio"] * sounds:
            transceiver = self.pc.addTransceiver(kind, direction="recvonly")
            if kind == "video":
                _prefer(transceiver, codecs)
        self.location = ""
        self._frames: dict[str, int] = {}
        self._shades: dict[str, float] = {}
        self._heard: dict[str, tuple[float, float]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.pc.on("track", self._start)

    async def join(self, relay: RelayProcess, point: str, *, meeting_id: str = "m1") -> None:
        """Play as a point, or as `person:NAME`."""
        self.location = await _exchange(self.pc, relay, "play", point, meeting_id=meeting_id)

    def _start(self, track: MediaStreamTrack) -> None:
        self._tasks.append(asyncio.create_task(self._take(track), name=f"player-{track.id}"))

    async def _take(self, track: MediaStreamTrack) -> None:
        slot = track.id.rsplit("-", 1)[0]
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            self._frames[slot] = self._frames.get(slot, 0) + 1
            assert isinstance(frame, AudioFrame | VideoFrame)
            values = frame.to_ndarray()
            if track.kind == "video":
                self._shades[slot] = float(values[HEIGHT // 2 : HEIGHT - 8, :WIDTH].mean())
            else:
                self._heard[slot] = (time.monotonic(), _pitch(values))

    def frames(self, slot: str) -> int:
        """Return how many pictures or pieces of sound were decoded."""
        return self._frames.get(slot, 0)

    def shade(self, slot: str) -> float | None:
        """Return the luminance of the last picture."""
        return self._shades.get(slot)

    def tone(self, slot: str) -> float | None:
        """Return the frequency heard now, to 50 Hz; None: nothing for 200 ms, or silence."""
        at, pitch = self._heard.get(slot, (0.0, 0.0))
        return pitch if time.monotonic() - at < 0.2 and pitch else None

    def heard_at(self, slot: str) -> float:
        """Return when the last sound of a slot was decoded, by the monotonic clock."""
        return self._heard.get(slot, (0.0, 0.0))[0]

    async def close(self) -> None:
        """Leave."""
        await self.pc.close()
        await asyncio.wait(self._tasks, timeout=5)


def _pitch(values: np.ndarray) -> float:
    samples = values.reshape(-1)[::2].astype(float)  # packed stereo
    if np.abs(samples).max() < 500:
        return 0.0
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * RATE_HZ / len(samples)


def luminance(shade: int) -> float:
    """Return what a grey of RGB becomes in a picture of limited range."""
    return 16 + shade * 219 / 255
