"""Screen and loudspeaker of a room without a browser: what the centre sends, drawn and played.

    shown     one picture: what is shared, else who speaks, else the stage; changed on keyframes
    played    every sound, mixed
    sent      both, to a foreign conference

Screen, loudspeaker and outlet are children of their own, in a meeting only. One that fails, or
does not play what it is given, is begun again for as long as the meeting lasts.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection, Sequence
from random import random

import msgspec
import structlog

from agent.room.feed import SOUND_SLOTS, LocalRelay
from agent.room.gstreamer.child import Child, ChildFault, started
from agent.room.gstreamer.pipelines import Pipeline, screen_pipeline, speaker_pipeline
from agent.room.gstreamer.secret import SecretUnusable, read_secret
from agent.room.gstreamer.stage_out import FIRST_SOUND, PLACES, stage_pipeline
from agent.room.settings import RoomSettings
from media.client.forwarded_source import ForwardedStream
from media.errors import MalformedPacket
from media.sfu.encoding import Encoding
from media.wire.media_packet import MediaPacket
from media.wire.video_codec import BASE, CodecName
from runtime.backoff import Backoff
from runtime.guard import keep

PICTURES = ("content", "speaker", "stage")  # the first of them that flows is shown
LOOK_EVERY_S = 0.2
KEYFRAME_AGAIN_S = 1.0
STEADY_S = 20.0
STUCK_S = 8.0
OWN_SSRC = 1
_log = structlog.get_logger()


class PlayedReport(msgspec.Struct, frozen=True):
    """How many buffers a child's sink has played."""

    screen: int = 0
    speaker: int = 0
    outlet: int = 0


class PlayoutStatus(msgspec.Struct, frozen=True):
    """What is shown, how many pictures and pieces of sound were played, and what is wrong.

    `sent`: packets of the picture that a foreign conference is sent.
    """

    shown: str | None
    pictures: int
    sounds: int
    troubles: dict[str, str]
    sent: int = 0


def shown_of(flowing: Collection[str]) -> str | None:
    """Return the slot that is shown, of those whose pictures come."""
    return next((slot for slot in PICTURES if slot in flowing), None)


class Stuck:
    """Whether a child is given packets and plays none. Times are a monotonic clock's."""

    def __init__(self) -> None:
        self._played = 0
        self._given_since: float | None = None

    def given(self, *, now: float) -> None:
        """Note a packet that it was given."""
        if self._given_since is None:
            self._given_since = now

    def played(self, total: int) -> None:
        """Note how much it has played so far."""
        if total > self._played:
            self._played, self._given_since = total, None

    def look(self, *, now: float) -> bool:
        """Return whether it should have played something by now."""
        return self._given_since is not None and now - self._given_since > STUCK_S


class _Player:
    """One child at a time: the screen, or the loudspeaker."""

    def __init__(
        self, name: str, pipeline: Callable[[], Pipeline], on_begun: Callable[[], None]
    ) -> None:
        self.name = name
        self.played = 0
        self.trouble = ""
        self.renew = asyncio.Event()  # another pipeline is wanted
        self._pipeline = pipeline
        self._on_begun = on_begun
        self._child: Child | None = None
        self._stuck = Stuck()
        self._backoff = Backoff(1.0, 15.0)

    @property
    def is_running(self) -> bool:
        """Whether there is a child to be given packets."""
        return self._child is not None

    def give(self, place: int, packet: bytes, *, now: float) -> None:
        """Have a packet played."""
        if self._child is not None:
            self._child.give(place, packet)
            self._stuck.given(now=now)

    async def run(self) -> None:
        """Play until cancelled."""
        failures = 0
        while True:
            self.renew.clear()
            began = time.monotonic()
            fault = await self._try()
            if self.renew.is_set():
                continue
            failures = 1 if time.monotonic() - began > STEADY_S else failures + 1
            self.trouble = f"{fault.kind}: {fault.text}"
            _log.warning("playout_failed", player=self.name, kind=fault.kind, error=fault.text)
            await asyncio.sleep(self._backoff.wait_s(failures, random()))  # noqa: S311 - spreads load

    async def _try(self) -> ChildFault:
        self._stuck = Stuck()
        try:
            pipeline = self._pipeline()
        except SecretUnusable as exc:
            return ChildFault("secret", str(exc))
        try:
            async with started(pipeline, is_fed=True) as child:
                ended = asyncio.create_task(child.run(self._told), name=f"playout-{self.name}")
                self._child = child
                self._on_begun()
                try:
                    while not (ended.done() or self.renew.is_set()):
                        if self._stuck.look(now=time.monotonic()):
                            return ChildFault("stuck", f"nothing played for {STUCK_S:.0f} s")
                        await asyncio.wait((ended,), timeout=LOOK_EVERY_S)
                    return ended.result() if ended.done() else ChildFault("renewed")
                finally:
                    ended.cancel()
                    await asyncio.wait((ended,))
        except (OSError, ExceptionGroup, MalformedPacket) as exc:
            return ChildFault("failed", str(exc))
        finally:
            self._child = None

    def _told(self, report: bytes) -> None:
        with contextlib.suppress(msgspec.MsgspecError):
            played: int = getattr(msgspec.json.decode(report, type=PlayedReport), self.name)
            if played > 0:
                self.trouble = ""
            self._stuck.played(played)
            self.played = played


class Playout:
    """Draws and plays the local relay's slots while it runs: their `MediaSink`."""

    def __init__(self, settings: RoomSettings, feed: LocalRelay) -> None:
        self.shown: str | None = None
        self._settings = settings
        self._feed = feed
        self._codec: CodecName = BASE
        self._picture = ForwardedStream(OWN_SSRC, "video")
        self._asked_at = 0.0
        self.screen = _Player(
            "screen",
            lambda: screen_pipeline(settings.screen, self._codec),
            self._picture.pause,
        )
        self.speaker = _Player(
            "speaker",
            lambda: speaker_pipeline(settings.speaker, len(SOUND_SLOTS)),
            lambda: None,
        )
        out = settings.stage_out
        self.outlet = _Player(
            "outlet",
            lambda: stage_pipeline(out, len(SOUND_SLOTS), read_secret(out.password_file)),
            self._picture.pause,
        )
        self._sounds = [ForwardedStream(OWN_SSRC + 1 + i, "audio") for i in range(len(SOUND_SLOTS))]

    async def run(self) -> None:
        """Play until cancelled; screen and loudspeaker are let go then."""
        sources = [self._feed.router.source(slot) for slot in (*PICTURES, *SOUND_SLOTS)]
        for source in sources:
            source.sinks.append(self)
        try:
            async with asyncio.TaskGroup() as group:
                if self._settings.screen.kind != "none":
                    keep(group, self.screen.run, name="screen")
                if self._settings.stage_out.kind != "none":
                    keep(group, self.outlet.run, name="stage-out")
                if self._has_picture:
                    keep(group, self._run_choice, name="screen-choice")
                if self._settings.speaker.kind != "none":
                    keep(group, self.speaker.run, name="speaker")
        finally:
            for source in sources:
                source.sinks.remove(self)

    @property
    def status(self) -> PlayoutStatus:
        """How it goes."""
        players = (self.screen, self.speaker, self.outlet)
        troubles = {one.name: one.trouble for one in players if one.trouble}
        return PlayoutStatus(
            self.shown, self.screen.played, self.speaker.played, troubles, self.outlet.played
        )

    @property
    def _has_picture(self) -> bool:
        return {self._settings.screen.kind, self._settings.stage_out.kind} != {"none"}

    async def _run_choice(self) -> None:
        while True:
            self.choose(now=time.monotonic())
            await asyncio.sleep(LOOK_EVERY_S)

    def choose(self, *, now: float) -> None:
        """Show what is to be shown, and ask for its keyframe until it has come."""
        router = self._feed.router
        flowing = [
            slot for slot in PICTURES if router.source(slot).track("video", now=now) is not None
        ]
        chosen = shown_of(flowing)
        if chosen != self.shown:
            self.shown = chosen
            self._picture.pause()
            self._asked_at = 0.0
        if chosen is None or not (self.screen.is_running or self.outlet.is_running):
            return
        if self._picture.is_waiting and now - self._asked_at >= KEYFRAME_AGAIN_S:
            self._asked_at = now
            self._feed.want_keyframe(chosen)

    def __call__(self, encoding: Encoding, packets: Sequence[MediaPacket], *, now: float) -> None:
        """Take what came in a slot."""
        if encoding.kind == "audio":
            place = SOUND_SLOTS.index(encoding.source)
            players = ((self.speaker, place), (self.outlet, FIRST_SOUND + place))
            self._give(players, self._sounds[place], encoding, packets, now)
        elif encoding.source == self.shown:
            if encoding.intake.codec != self._codec:
                self._codec = encoding.intake.codec
                self._picture.pause()
                self.screen.renew.set()
            elif self.screen.is_running or self.outlet.is_running:
                players = ((self.screen, 0), (self.outlet, PLACES[self._codec]))
                self._give(players, self._picture, encoding, packets, now)

    def _give(
        self,
        players: Sequence[tuple[_Player, int]],
        stream: ForwardedStream,
        encoding: Encoding,
        packets: Sequence[MediaPacket],
        now: float,
    ) -> None:
        intake = encoding.intake
        stream.reception = intake.reception
        for packet in packets:
            forwarded = stream.forward(packet, intake.cache, intake.codec, now=now)
            if forwarded is not None:
                for player, place in players:
                    player.give(place, forwarded[1], now=now)
