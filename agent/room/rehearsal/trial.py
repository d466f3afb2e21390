"""One rehearsal as this room makes it: its own media to the relay and back, judged, not kept.

It joins as in a meeting, by the same proof, with the room's real source and at its rate, but into
a meeting of its own, in which the relay gives each point what it has sent itself. What comes back
is decoded here and goes no further: no screen, no loudspeaker, no disk.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from random import random
from statistics import median
from urllib.parse import urlsplit

import msgspec
import structlog

from agent.room.capture import Devices
from agent.room.gstreamer.source import GstreamerSource
from agent.room.meeting import RECEIVER_REPORT_S, TICK_S, RoomParts
from agent.room.rehearsal.echo_roles import CountedPlaying, CountedPublishing
from agent.room.rehearsal.loudspeaker import can_be_tried, try_loudspeaker
from agent.room.rehearsal.own_media import OwnMedia
from agent.room.rehearsal.tone_ear import ToneEar
from agent.room.rehearsal.verdict import SpeakerFound, TrialFacts, checks_of
from agent.room.settings import RoomSettings
from agent.room.sources import source_of
from contracts.rehearsal import Rehearsal, RehearsalBody, RehearsalId, RehearsedLine
from media.client.playback import Playback
from media.client.uplink import SessionUser, Uplink
from media.client.whip_client import WhipClient
from media.errors import MeetingOver
from media.sfu.slots import SOUND_SLOTS
from media.wire.rtp import SOUND_CLOCK_HZ
from runtime.backoff import Backoff
from runtime.guard import guarded, keep

CONNECT_LIMIT_S = 15.0
LOOK_EVERY_S = 0.1
CUT_AFTER_S = 2.0
SETTLING_S = 1.5  # rates are counted from then on: keyframes, and what is opened, go before
LEAST_PICTURE_BPS = 50_000
_log = structlog.get_logger()


class RehearsalTrial:
    """Runs once; `body` is there when it has ended by itself.

    Args:
        speaker: what the room's page says of its loudspeaker; None: nothing yet.
        devices: what the room's page has open; None: the room has none by a page.
    """

    def __init__(
        self,
        document: Rehearsal,
        parts: RoomParts,
        client: WhipClient,
        *,
        start_bps: int,
        down_bps: int | None,
        is_metered: Callable[[], bool],
        speaker: Callable[[], SpeakerFound | None],
        devices: Callable[[], Devices | None],
    ) -> None:
        if document.rehearsal_id is None or document.relay is None:
            raise ValueError("a rehearsal without a name or a relay is not made")
        self.rehearsal_id: RehearsalId = document.rehearsal_id
        self.began_at: datetime | None = None
        self.body: RehearsalBody | None = None
        self._document = document
        self._parts = parts
        self._client = client
        self._relay_host = urlsplit(document.relay.url).hostname or ""
        self._speaker = speaker
        self._page_devices = devices
        tries = document.plays_sound and can_be_tried(parts.settings)
        self._ear = ToneEar() if tries else None
        self._own_speaker: SpeakerFound | None = None
        self._seen = OwnMedia(self._ear)
        self._playback = Playback(parts.wall_ms, _nowhere, self._seen)
        self._maker = source_of(
            _at_rate(parts.settings, document.rate_bps),
            parts.identity,
            parts.feed,
            wall_ms=parts.wall_ms,
            is_heard=lambda: True,
        )
        self._source = self._maker.media if self._maker else None
        self._playing = CountedPlaying(self._playback, down_bps=down_bps)
        self._play = self._uplink("whep", self._playing)
        self._publishing: CountedPublishing | None = None
        self._publish: Uplink | None = None
        if self._source is not None:
            self._source.is_metered = is_metered
            self._source.rate.estimate.begin(start_bps)
            self._publishing = CountedPublishing(self._source, parts.identity.point_id)
            self._publish = self._uplink("whip", self._publishing)
        self._last_up_s = self._since_s = time.monotonic()
        self._sent_before = 0
        self._round_trips: list[float | None] = []  # looked at ten times a second
        self._is_cut = False

    @property
    def devices(self) -> Devices | None:
        """What this process has opened itself; None: it opens no device."""
        return self._maker.devices if isinstance(self._maker, GstreamerSource) else None

    async def run(self) -> None:
        """Make it; a relay that cannot be reached, or ends it, is an outcome too."""
        try:
            async with asyncio.TaskGroup() as group:
                parts = [group.create_task(one.run(), name="uplink") for one in self._uplinks]
                if self._maker is not None:
                    parts.append(keep(group, self._maker.run, name="source"))
                parts.append(keep(group, self._run_ticks, name="slots"))
                parts.append(keep(group, self._run_receiver_reports, name="receiver-reports"))
                self.body = await self._made()
                for part in parts:
                    part.cancel()
        except* MeetingOver as over:
            self.body = self._over(str(over.exceptions[0]))

    async def _made(self) -> RehearsalBody:
        if not await self._connected():
            return self._not_reached(self._trouble)
        self.began_at = self._parts.clock.now()
        await self._last(SETTLING_S)
        self._take_interval()
        self._sent_before, self._since_s = self._octets_sent, time.monotonic()
        async with asyncio.TaskGroup() as group:
            if self._ear is not None:
                group.create_task(self._try_speaker(self._ear), name="loudspeaker")
            await self._last(self._document.duration_s - SETTLING_S)
        return self._found()

    async def _try_speaker(self, ear: ToneEar) -> None:
        found = await try_loudspeaker(self._parts.settings.speaker, ear)
        self._own_speaker = None if self._is_cut else found

    async def _connected(self) -> bool:
        """Return whether both ways came up in time."""
        expires_at = self._document.expires_at
        left_s = CONNECT_LIMIT_S
        if expires_at is not None:
            left_s = min(left_s, (expires_at - self._parts.clock.now()).total_seconds())
        until_s = time.monotonic() + left_s
        while not self._is_connected:
            if time.monotonic() >= until_s:
                return False
            await asyncio.sleep(LOOK_EVERY_S)
        self._last_up_s = time.monotonic()
        return True

    async def _last(self, duration_s: float) -> None:
        """Let media flow for so long, and notice where the relay is lost meanwhile."""
        until_s = time.monotonic() + duration_s
        while (now_s := time.monotonic()) < until_s:
            if self._is_connected:
                self._last_up_s = now_s
                self._round_trips += [one.leg.rtt_ms for one in self._uplinks if one.leg]
            self._is_cut = self._is_cut or now_s - self._last_up_s > CUT_AFTER_S
            await asyncio.sleep(min(LOOK_EVERY_S, until_s - now_s))

    def _found(self) -> RehearsalBody:
        now_ms = int(self._parts.wall_ms())
        line = self._line()
        devices = self.devices or self._page_devices()
        source = self._source
        tried = TrialFacts(
            pictures=self._seen.pictures(now_ms),
            sound=self._seen.heard(),
            line=line,
            has_source=source is not None,
            camera=devices.camera if devices else None,
            microphone=devices.microphone if devices else None,
            plays_sound=self._document.plays_sound,
            speaker=self._own_speaker or self._speaker(),
            carries_bps=source.rate.estimate.bps if source else None,
            is_cut=self._is_cut,
        )
        return RehearsalBody(
            rehearsal_id=self.rehearsal_id,
            outcome="done",
            began_at=self.began_at,
            lasted_s=self._lasted_s(),
            checks=checks_of(tried),
            line=line,
            problem=_named(devices),
        )

    def _line(self) -> RehearsedLine:
        passed_s = max(time.monotonic() - self._since_s, 0.1)
        return RehearsedLine(
            loss_ratio=self._loss_ratio(),
            rtt_ms=self._rtt_ms(),
            jitter_ms=self._jitter_ms(),
            sent_bps=round(8 * (self._octets_sent - self._sent_before) / passed_s),
            came_back_bps=round(8 * self._take_interval() / passed_s),
        )

    def _over(self, reason: str) -> RehearsalBody:
        """Return what comes of one that the relay ended: nothing that was not tried in full."""
        if self.began_at is None:
            return self._not_reached(reason)
        self._is_cut = True
        return self._found()

    def _not_reached(self, problem: str) -> RehearsalBody:
        return RehearsalBody(
            rehearsal_id=self.rehearsal_id, outcome="not_reached", problem=problem[:400]
        )

    def _lasted_s(self) -> float | None:
        if self.began_at is None:
            return None
        return max(0.0, (self._parts.clock.now() - self.began_at).total_seconds())

    @property
    def _uplinks(self) -> list[Uplink]:
        return [self._play] if self._publish is None else [self._play, self._publish]

    @property
    def _is_connected(self) -> bool:
        return all(uplink.facts.state == "up" for uplink in self._uplinks)

    @property
    def _trouble(self) -> str:
        facts = [uplink.facts for uplink in self._uplinks]
        said = next((one.refusal_vi for one in facts if one.refusal_vi), "")
        return said or next((one.last_error for one in facts if one.last_error), "")

    @property
    def _octets_sent(self) -> int:
        return self._source.counts.octets if self._source else 0

    def _loss_ratio(self) -> float | None:
        ways = [self._playing.packets.loss_ratio]
        if self._publishing is not None:
            ways.append(self._publishing.packets.loss_ratio)
        return max((ratio for ratio in ways if ratio is not None), default=None)

    def _rtt_ms(self) -> float | None:
        known = [rtt_ms for rtt_ms in self._round_trips if rtt_ms is not None]
        return median(known) if known else None

    def _jitter_ms(self) -> float | None:
        """Of the sound, there and back: packets of a picture come in bursts by themselves."""
        sound = self._playback.receptions().get(SOUND_SLOTS[0])
        if sound is None or not sound.packets:
            return None
        return 1000 * sound.jitter / SOUND_CLOCK_HZ

    def _take_interval(self) -> int:
        """Return the octets that came back since the last call."""
        return sum(one.take_interval().octets for one in self._playback.receptions().values())

    async def _run_ticks(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            with guarded("tick"):
                leg = self._play.leg
                if leg is not None and leg.rtt_ms is not None:
                    self._playback.round_trip_ms = leg.rtt_ms
                if self._source is not None:
                    self._playback.fit_feedback(self._source.rate.estimate.bps)
                self._playback.tick()

    async def _run_receiver_reports(self) -> None:
        while True:
            await asyncio.sleep(RECEIVER_REPORT_S)
            with guarded("report"):
                self._playback.report()

    def _uplink(self, door: str, user: SessionUser) -> Uplink:
        settings = self._parts.settings.uplink
        backoff = Backoff(settings.retry_first_s, settings.retry_cap_s)
        return Uplink(
            self._client,
            f"/{door}/{self._document.meeting_id}",
            user,
            certificate=self._parts.certificate,
            bind_hosts=settings.bind_hosts,
            relay_host=self._relay_host,
            wait_s=lambda failures: backoff.wait_s(failures, random()),  # noqa: S311 - spreads load
            ended_after_404=lambda: False,  # it may not know of it yet
            has_other_ways=settings.has_other_ways,
        )


def _nowhere(slot: str, packet: bytes) -> None:
    """Show it to nobody."""


def _at_rate(settings: RoomSettings, rate_bps: int) -> RoomSettings:
    """Return the room's settings with pictures of the meeting's rate, never above its own."""
    own_bps = settings.source.bitrate_bps
    wanted_bps = max(LEAST_PICTURE_BPS, min(rate_bps or own_bps, own_bps))
    source = msgspec.structs.replace(settings.source, bitrate_bps=wanted_bps)
    return msgspec.structs.replace(settings, source=source)


def _named(devices: Devices | None) -> str:
    """Return which device is how, where one is not open; empty: all that are known are."""
    if devices is None:
        return ""
    known = (("camera", devices.camera), ("microphone", devices.microphone))
    said = [f"{name}: {one.state} {one.name}".strip() for name, one in known if one.state != "open"]
    return "; ".join(said)[:400]
