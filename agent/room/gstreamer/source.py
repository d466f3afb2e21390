"""The camera and microphone of a room without a browser: GStreamer's packets go up as they are.

They are open while the room is in a meeting, each in a child of its own, so that sound does
not depend on the picture. One that fails is begun again, for as long as the meeting lasts.
"""

import asyncio
import time
from collections.abc import Callable
from random import random

import structlog

from agent.room.capture import Devices
from agent.room.feed import LocalRelay
from agent.room.gstreamer.child import Child, ChildFault, started
from agent.room.gstreamer.coming import Coming
from agent.room.gstreamer.passing import Hindrance, Passing
from agent.room.gstreamer.pipelines import Pipeline, camera_pipeline, microphone_pipeline
from agent.room.gstreamer.secret import SecretUnusable, read_secret
from agent.room.gstreamer.session_file import SessionUnusable
from agent.room.gstreamer.troubles import camera_name, microphone_name, state_of
from agent.room.settings import RoomSettings
from contracts.reports import DeviceState
from media.client.forwarded_source import ForwardedSource
from media.errors import MalformedPacket
from media.sfu.sizes import Size
from media.wire import rtp
from media.wire.video_codec import BASE, OPUS_PAYLOAD_TYPE, CodecName
from runtime.backoff import Backoff
from runtime.guard import guarded, keep
from runtime.limits import TokenBucket

REPORT_EVERY_S = 1.0
LOOK_EVERY_S = 0.5
STEADY_S = 20.0  # a child that ran so long has not failed in a row
MAX_BYTES_PER_S = 2_500_000  # of one child; a camera of 20 Mbit/s
MAX_BURST_BYTES = 1_000_000
_log = structlog.get_logger()


class GstreamerSource:
    """Sends while it runs; what it opens is closed when it ends."""

    def __init__(
        self,
        settings: RoomSettings,
        feed: LocalRelay,
        *,
        wall_ms: Callable[[], float],
        is_heard: Callable[[], bool],
    ) -> None:
        self.media = ForwardedSource(
            self._ask_keyframe,
            is_heard,
            codecs=lambda: self._codecs,
            on_agreed=self._agreed,
            limit=self._limited,
            picture_max_bps=settings.source.bitrate_bps,
        )
        self.devices = Devices()
        self.hindrance: Hindrance = ""
        self._settings = settings
        self._feed = feed
        self._wall_ms = wall_ms
        self._backoff = Backoff(1.0, 15.0)
        self._codec: CodecName = self._codecs[0]
        self._camera: Child | None = None
        self._passing: Passing | None = None
        self._renew = asyncio.Event()  # the camera's pipeline is to be another

    @property
    def _codecs(self) -> tuple[CodecName, ...]:
        """A camera's own codec first: passed on, it costs nothing here."""
        wish = self._settings.source.codec
        if wish == "h264" or (wish == "auto" and self._settings.camera.may_pass):
            return ("H264", BASE)
        return (BASE,)

    @property
    def _is_passed(self) -> bool:
        may_pass = self._settings.camera.may_pass
        return may_pass and self._codec == "H264" and not self.hindrance

    async def run(self) -> None:
        """Send until cancelled; camera and microphone are closed then."""
        self._feed.open_to_capture(self.media)
        try:
            async with asyncio.TaskGroup() as group:
                keep(group, self._run_reports, name="sender-reports")
                keep(group, self.media.run, name="uplink-turns")
                if self._settings.camera.kind != "none":
                    keep(group, self._run_camera, name="camera")
                    keep(group, self._watch_camera, name="camera-watch")
                if self._settings.microphone.kind not in ("camera", "none"):
                    keep(group, self._run_microphone, name="microphone")
        finally:
            self.devices = Devices()
            self._feed.close_to_capture()

    async def _run_camera(self) -> None:
        failures = 0
        while True:
            self._renew.clear()
            began = time.monotonic()
            trouble = await self._try_camera()
            if self._renew.is_set():
                continue  # it is to be another pipeline
            failures = 1 if time.monotonic() - began > STEADY_S else failures + 1
            self._set_camera(trouble)
            await asyncio.sleep(self._backoff.wait_s(failures, random()))  # noqa: S311 - spreads load

    async def _try_camera(self) -> ChildFault:
        camera = self._settings.camera
        try:
            pipeline = camera_pipeline(
                camera,
                codec=self._codec,
                is_passed=self._is_passed,
                bitrate_bps=self._picture_bps,
                has_sound=self._settings.microphone.kind == "camera",
                password=read_secret(camera.password_file),
            )
        except SecretUnusable as exc:
            return ChildFault("secret", str(exc))
        except SessionUnusable as exc:
            return ChildFault("session", exc.fault_en)
        self._passing = Passing(now=time.monotonic()) if self._is_passed else None
        try:
            return await self._play(pipeline, is_camera=True)
        finally:
            self._camera = self._passing = None

    async def _run_microphone(self) -> None:
        failures = 0
        pipeline = microphone_pipeline(self._settings.microphone)
        while True:
            began = time.monotonic()
            trouble = await self._play(pipeline, is_camera=False)
            failures = 1 if time.monotonic() - began > STEADY_S else failures + 1
            self._set_microphone(trouble)
            await asyncio.sleep(self._backoff.wait_s(failures, random()))  # noqa: S311 - spreads load

    async def _play(self, pipeline: Pipeline, *, is_camera: bool) -> ChildFault:
        """Run a child until it fails, or until another pipeline is wanted of the camera."""
        bucket = TokenBucket(per_s=MAX_BYTES_PER_S, burst=MAX_BURST_BYTES)
        coming = Coming(now=time.monotonic())

        def take(packet: bytes) -> None:
            now = time.monotonic()
            if bucket.take(now_s=now, amount=len(packet)):
                is_wanted = self._take(packet, is_camera)
                if is_wanted is not None:
                    coming.took(is_wanted=is_wanted, now=now)

        try:
            async with started(pipeline) as child:
                if is_camera:
                    self._camera = child
                ended = asyncio.create_task(child.run(take), name="gstreamer")
                try:
                    while not ended.done():
                        if is_camera and self._renew.is_set():
                            return ChildFault("renewed")
                        lack = coming.look(now=time.monotonic())
                        if lack == "silent":
                            return ChildFault("silent")
                        if lack:
                            self._set_camera(ChildFault(lack))
                        await asyncio.wait((ended,), timeout=LOOK_EVERY_S)
                    return ended.result()
                finally:
                    ended.cancel()
                    await asyncio.wait((ended,))
        except (OSError, ExceptionGroup, MalformedPacket) as exc:
            return ChildFault("failed", str(exc))

    def _take(self, packet: bytes, is_camera: bool) -> bool | None:
        """Hand a packet on; return whether it is of what its child is there for. None: neither."""
        try:
            parsed = rtp.parse(packet)
        except MalformedPacket:
            return None
        is_sound = parsed.payload_type == OPUS_PAYLOAD_TYPE
        if is_sound:
            self._feed.capture("audio", packet)
            self._set_microphone(None)
        elif is_camera:
            self._feed.capture("video", packet)
            self._set_camera(None)
            if self._passing is not None:
                self._passing.took(bytes(parsed.payload), now=time.monotonic())
        return is_sound is not is_camera

    async def _watch_camera(self) -> None:
        """Have a camera's picture encoded anew from the moment it cannot be passed on."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if self._passing is None or self.hindrance:
                continue
            limit_bps = self.media.shares.picture_bps if self.media.leg is not None else 0
            self.hindrance = self._passing.look(limit_bps, now=time.monotonic())
            if self.hindrance:
                _log.warning("camera_encoded_anew", reason=self.hindrance)
                self._renew.set()

    async def _run_reports(self) -> None:
        while True:
            await asyncio.sleep(REPORT_EVERY_S)
            with guarded("report"):
                self.media.report(self._wall_ms(), now=time.monotonic())

    @property
    def _picture_bps(self) -> int:
        return min(self.media.shares.picture_bps or 0, self._settings.source.bitrate_bps) or (
            self._settings.source.bitrate_bps
        )

    def _agreed(self, codec: CodecName) -> None:
        if codec != self._codec:
            self._codec = codec
            self._renew.set()

    def _limited(self, bps: int) -> None:
        del bps  # of it the picture's share is what an encoder can be told
        if self._camera is not None:
            self._camera.tell(f"bitrate {self._picture_bps}")

    def _ask_keyframe(self, size: Size) -> None:
        if size is Size.HIGH and self._camera is not None:
            self._camera.tell("keyframe")

    def _set_camera(self, trouble: ChildFault | None) -> None:
        name = camera_name(self._settings.camera, self.hindrance)
        state = state_of(name, trouble)
        if state == self.devices.camera:
            return
        self.devices = Devices(camera=state, microphone=self.devices.microphone)
        _log_device("camera", state, trouble)
        has_sound = self._settings.microphone.kind == "camera"
        if has_sound and trouble is not None and trouble.kind != "no-picture":
            self._set_microphone(trouble)

    def _set_microphone(self, trouble: ChildFault | None) -> None:
        state = state_of(microphone_name(self._settings.microphone), trouble)
        if state == self.devices.microphone:
            return
        self.devices = Devices(camera=self.devices.camera, microphone=state)
        _log_device("microphone", state, trouble)


def _log_device(device: str, state: DeviceState, trouble: ChildFault | None) -> None:
    if trouble is None:
        _log.info("device_open", device=device, name=state.name)
        return
    _log.warning(
        "device_failed", device=device, name=state.name, state=state.state, error=trouble.text
    )
