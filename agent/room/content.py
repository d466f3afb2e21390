"""What the room's page shares, such as a laptop at a capture device: taken and carried up.

The page publishes it to the local relay like its camera, while the room is in a meeting. It goes
up in a session of its own, which the centre lets in by the floor. Where that ends, by the floor
or by somebody else who shares, the sharing ends too: it begins again by a person's hand only.
"""

import asyncio
import time
from collections.abc import Callable

import msgspec

from contracts.participants import ParticipantKind
from media.client.forwarded_source import ForwardedSource
from media.client.roles import Publishing
from media.client.uplink import SessionUser, Uplink
from media.client.uplink_rate import SOUND_BPS
from media.errors import OfferRefused
from media.sfu.encoding import MediaSink
from media.sfu.engine import RelayEngine
from media.sfu.publisher import Publisher
from media.sfu.router import Router
from media.sfu.sizes import Size
from media.sfu.slots import Viewer
from media.wire.video_codec import BASE
from runtime.guard import guarded, keep

SHARED = "shared"
LOOK_EVERY_S = 0.1
REPORT_EVERY_S = 1.0


class SharesEnded(msgspec.Struct, frozen=True):
    """How often the centre has ended what was shared in a meeting, and why the last time."""

    total: int = 0
    reason: str = ""


class LocalContent:
    """The page's publication of what it shares."""

    def __init__(self, engine: RelayEngine, router: Router, *, picture_max_bps: int) -> None:
        self.picture_max_bps = picture_max_bps
        self._engine = engine
        self._router = router
        self._session: Publisher | None = None
        self._has_begun = asyncio.Event()

    def open(self, sink: MediaSink) -> None:
        """Let the page share, and give what it sends to `sink`."""
        self._router.source(SHARED).sinks[:] = [sink]

    def close(self) -> None:
        """Let the page share nothing, and end what it shares."""
        self._router.source(SHARED).sinks.clear()
        self.end("the meeting is over")

    def publish(self, offer: str) -> tuple[Publisher, str]:
        """Take the page's offer; one before it is ended.

        Raises:
            MalformedSdp: the text is no session description.
            OfferRefused: nothing in it can be taken, or there is no meeting.
        """
        if not self._router.source(SHARED).sinks:
            raise OfferRefused("Nothing is shared outside meetings.", status=409)
        viewer = Viewer(SHARED, ParticipantKind.POINT)
        session, answer = self._engine.publish(self._router, viewer, offer, codecs=(BASE,))
        self.end("something else is shared")
        self._session = session
        session.limit(self.picture_max_bps + SOUND_BPS)
        self._has_begun.set()
        return session, answer

    @property
    def is_shared(self) -> bool:
        """Whether the page's session is there."""
        session = self._session
        return session is not None and self._engine.session(session.info.id) is session

    async def begun(self) -> None:
        """Return when the page shares something."""
        await self._has_begun.wait()

    def end(self, reason: str) -> None:
        """End what is shared."""
        self._has_begun.clear()
        if self._session is not None:
            self._engine.close_session(self._session.info.id, reason)
            self._session = None

    def limit(self, bps: int) -> None:
        """Let the page send so much from now on."""
        if self._session is not None:
            self._session.limit(bps)

    def ask_keyframe(self, size: Size) -> None:
        """Ask the page for a keyframe, as often as it may be asked."""
        now = time.monotonic()
        for encoding in self._router.source(SHARED).alive(now=now):
            if encoding.kind == "video" and encoding.size is size:
                encoding.want_keyframe(now=now)


class ContentShare:
    """Carries what the page shares up to the centre, for one meeting.

    Args:
        uplink: makes a session at the centre's door for content.
    """

    def __init__(
        self,
        local: LocalContent,
        uplink: Callable[[SessionUser], Uplink],
        *,
        cname: str,
        wall_ms: Callable[[], float],
    ) -> None:
        self.ended_total = 0  # by the centre: refused, or over before the page stopped
        self.refusal = ""  # why it was refused last
        self._local = local
        self._uplink = uplink
        self._cname = cname
        self._wall_ms = wall_ms
        self._media = ForwardedSource(
            local.ask_keyframe,
            lambda: True,
            limit=local.limit,
            picture_max_bps=local.picture_max_bps,
        )

    async def run(self) -> None:
        """Carry until cancelled; what is shared ends with it."""
        self._local.open(self._media)
        try:
            async with asyncio.TaskGroup() as group:
                keep(group, self._media.run, name="content-turns")
                keep(group, self._run_reports, name="content-reports")
                while True:
                    await self._local.begun()
                    with guarded("content"):
                        await self._carry()
        finally:
            self._local.close()

    async def _carry(self) -> None:
        """Keep the session at the centre until the page stops, or the centre ends it."""
        running: asyncio.Task[None] | None = None
        try:
            uplink = self._uplink(Publishing(self._media, self._cname))
            running = asyncio.create_task(uplink.run(), name="content-uplink")
            await self._until_ended(uplink, running)
        finally:
            # Before the centre's session is closed: meanwhile the next may be shared already.
            self._local.end("the sharing has ended")
            if running is not None:
                running.cancel()
                await asyncio.wait((running,))

    async def _until_ended(self, uplink: Uplink, running: asyncio.Task[None]) -> None:
        was_up = False
        while self._local.is_shared and not running.done():
            facts = uplink.facts
            has_ended = was_up and facts.state not in ("up", "suspect")
            if facts.refusal_vi or has_ended:
                self.refusal = facts.refusal_vi
                self.ended_total += 1
                return
            was_up = was_up or facts.state == "up"
            await asyncio.wait((running,), timeout=LOOK_EVERY_S)

    async def _run_reports(self) -> None:
        while True:
            await asyncio.sleep(REPORT_EVERY_S)
            with guarded("report"):
                self._media.report(self._wall_ms(), now=time.monotonic())
