"""One meeting as this room lives it: two uplinks, the source, the slots, the reports."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import random
from urllib.parse import urlsplit

import structlog

from agent.point.identity import Identity
from agent.point.schedule import Join
from agent.point.stamp import stamp
from agent.room.capture import Devices
from agent.room.content import ContentShare
from agent.room.empty_speaker import notice_empty
from agent.room.feed import OWN, LocalRelay
from agent.room.gstreamer.playout import Playout
from agent.room.gstreamer.source import GstreamerSource
from agent.room.hearing import MeetingHearing
from agent.room.played import PagePlayed
from agent.room.quality import media_body
from agent.room.reports import ReportWriter
from agent.room.screen import Link, LinkState
from agent.room.settings import RoomSettings
from agent.room.sources import source_of
from agent.room.steady_wall import SteadyWall
from contracts.steering import FloorWord
from media.client.media_source import START_BPS
from media.client.playback import Playback
from media.client.roles import Playing, Publishing
from media.client.uplink import SessionUser, Uplink
from media.client.whip_client import PointIdentity, WhipClient
from media.errors import MeetingOver
from media.testcard.observed import Observed
from media.transport.dtls import DtlsCertificate
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.end_clock import EndClock
from runtime.guard import guarded, keep

TICK_S = 0.02
RECEIVER_REPORT_S = 1.0
LAST_REPORT_S = 2.0
"""So long a room that leaves waits for its disk; it may be wanted elsewhere."""
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RoomParts:
    """What lives longer than a meeting."""

    settings: RoomSettings
    identity: Identity
    point: PointIdentity
    clock: Clock
    certificate: DtlsCertificate
    feed: LocalRelay
    reports: ReportWriter
    end_clock: EndClock
    steady: SteadyWall

    def wall_ms(self) -> float:
        """Return the corrected wall clock in milliseconds since the epoch.

        Within a meeting it does not leap: by it is judged how long nothing has come, and sound
        and picture go together.
        """
        return self.steady.now_s() * 1000


class RoomMeeting:
    """Runs until it is cancelled or the relay says that the meeting has ended."""

    def __init__(
        self,
        join: Join,
        parts: RoomParts,
        client: WhipClient,
        *,
        is_heard: Callable[[], bool],
        is_metered: Callable[[], bool] = lambda: False,
        start_bps: int = START_BPS,
        down_bps: int | None = None,
        page: PagePlayed,
    ) -> None:
        self.join = join
        self._page = page
        self.observed = Observed()
        self._hearing = MeetingHearing(
            parts.wall_ms,
            page,
            needs_page=parts.settings.source.kind == "browser",
            is_speaker_on=self._is_speaker_on,
        )
        self.playback = Playback(
            parts.wall_ms,
            parts.feed.hand_on,
            self.observed,
            parts.feed.hand_on_report,
            self._hearing.note_sound,
        )
        self._since_ms = int(parts.wall_ms())
        self._maker = source_of(
            parts.settings,
            parts.identity,
            parts.feed,
            wall_ms=parts.wall_ms,
            is_heard=is_heard,
        )
        self.source = self._maker.media if self._maker is not None else None
        self._parts = parts
        self._link = Link("connecting", parts.clock.now())
        meeting_id = join.meeting.meeting_id
        self._playing = Playing(self.playback, down_bps=down_bps)
        self.play = self._uplink(client, f"/whep/{meeting_id}", self._playing)
        self.publish: Uplink | None = None
        if self.source is not None:
            self.source.is_metered = is_metered
            self.source.rate.estimate.begin(start_bps)
            role = Publishing(self.source, parts.identity.point_id)
            self.publish = self._uplink(client, f"/whip/{meeting_id}", role)
        settings = parts.settings
        played = {settings.screen.kind, settings.speaker.kind, settings.stage_out.kind}
        has_playout = played != {"none"}
        self.playout = Playout(settings, parts.feed) if has_playout else None
        self.content = ContentShare(
            parts.feed.content,
            partial(self._uplink, client, f"/content/{meeting_id}"),
            cname=parts.identity.point_id,
            wall_ms=parts.wall_ms,
        )

    @property
    def floor_word(self) -> FloorWord | None:
        """What the relay has told of the floor; None: nothing, the centre's word is as new."""
        return self._playing.floor_word

    @property
    def uplinks(self) -> list[Uplink]:
        """Every session this meeting keeps up."""
        return [self.play] if self.publish is None else [self.play, self.publish]

    @property
    def is_connected(self) -> bool:
        """Whether all sessions are up."""
        return all(uplink.facts.state == "up" for uplink in self.uplinks)

    @property
    def is_tunnelled(self) -> bool:
        """Whether media go over TLS, since no UDP gets through."""
        return any(uplink.leg is not None and uplink.leg.is_tunnelled for uplink in self.uplinks)

    @property
    def devices(self) -> Devices | None:
        """What this process has opened itself; None: it opens no device."""
        return self._maker.devices if isinstance(self._maker, GstreamerSource) else None

    def update(self, join: Join) -> None:
        """Take over a changed title or end of the same meeting through the same relay."""
        is_same = (
            join.meeting.meeting_id == self.join.meeting.meeting_id
            and join.relay_url == self.join.relay_url
        )
        if is_same:
            self.join = join

    def link(self, now: datetime) -> Link:
        """Return what the screen says about the way to the centre, and since when."""
        refusal = next((u.facts.refusal_vi for u in self.uplinks if u.facts.refusal_vi), "")
        state: LinkState = "connecting"
        if self.is_connected:
            state = "good"
        elif self._link.state != "connecting":
            state = "lost"
        if state != self._link.state or refusal != self._link.refusal:
            since = self._link.since if state == self._link.state else now
            self._link = Link(state, since, refusal)
        return self._link

    async def run(self) -> None:
        """Be in the meeting."""
        meeting_id = self.join.meeting.meeting_id
        _log.info("meeting_joining", meeting_id=meeting_id, relay=self.join.relay_url)
        self._parts.feed.want_keyframe = self._want_keyframe
        try:
            async with asyncio.TaskGroup() as group:
                for uplink in self.uplinks:
                    group.create_task(uplink.run(), name="uplink")
                if self._maker is not None:
                    keep(group, self._maker.run, name="source")
                if self._parts.settings.source.kind == "browser":
                    keep(group, self.content.run, name="content")
                if self.playout is not None:
                    keep(group, self.playout.run, name="playout")
                keep(group, self._run_ticks, name="slots")
                keep(group, self._run_receiver_reports, name="receiver-reports")
                keep(group, self._run_reports, name="reports")
        except* MeetingOver as over:
            _log.info("meeting_over", meeting_id=meeting_id, reason=str(over.exceptions[0]))
        finally:
            self._parts.feed.want_no_keyframe()
            with guarded("report"):
                async with asyncio.timeout(LAST_REPORT_S):
                    await self._report(is_last=True)
            _log.info("meeting_left", meeting_id=meeting_id)

    def _uplink(self, client: WhipClient, path: str, user: SessionUser) -> Uplink:
        settings = self._parts.settings.uplink
        backoff = Backoff(settings.retry_first_s, settings.retry_cap_s)
        return Uplink(
            client,
            path,
            user,
            certificate=self._parts.certificate,
            bind_hosts=settings.bind_hosts,
            relay_host=urlsplit(self.join.relay_url).hostname or "",
            wait_s=lambda failures: backoff.wait_s(failures, random()),  # noqa: S311 - spreads load
            ended_after_404=self._is_past_its_end,
            has_other_ways=settings.has_other_ways,
        )

    def _is_past_its_end(self) -> bool:
        """A relay that does not know a meeting yet may learn of it; not after its end."""
        return self._parts.clock.now() >= self.join.meeting.ends_at

    def _want_keyframe(self, slot: str) -> None:
        if slot == OWN and self.source is not None:
            self.source.want_keyframe()
        else:
            self.playback.want_keyframe(slot)

    async def _run_ticks(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            with guarded("tick"):
                leg = self.play.leg
                if leg is not None and leg.rtt_ms is not None:
                    self.playback.round_trip_ms = leg.rtt_ms
                self._hearing.look(leg)
                if self.source is not None:
                    self.playback.fit_feedback(self.source.rate.estimate.bps)
                self.playback.tick()
                notice_empty(self.playback, int(self._parts.wall_ms()))

    async def _run_receiver_reports(self) -> None:
        while True:
            await asyncio.sleep(RECEIVER_REPORT_S)
            with guarded("report"):
                self.playback.report()

    def _is_speaker_on(self) -> bool:
        """Whether the loudspeaker that this process drives plays; also where it drives none."""
        if self.playout is None or self._parts.settings.speaker.kind == "none":
            return True
        return self.playout.speaker.is_running and not self.playout.speaker.trouble

    async def _run_reports(self) -> None:
        while True:
            await asyncio.sleep(self._parts.settings.report_interval_s)
            with guarded("report"):
                await self._report()

    async def _report(self, *, is_last: bool = False) -> None:
        """Write what was seen and heard since the last report."""
        since_ms, now_ms = self._since_ms, int(self._parts.wall_ms())
        self._since_ms = now_ms
        leg = self.play.leg
        body = media_body(
            self.join.meeting.meeting_id,
            self.playback,
            self.observed,
            is_sending=self.publish is not None and self.publish.facts.state == "up",
            rtt_ms=leg.rtt_ms if leg else None,
            since_ms=since_ms,
            now_ms=now_ms,
            page=self._page.slots(now_s=time.monotonic()),
            heard=self._hearing.take(now_ms, is_last=is_last),
        )
        await self._parts.reports.write(body, stamp(self._parts.clock))
