"""At an outer relay: each of its meetings' home is called, and called again.

While the home cannot be reached this relay's own points and people go on with each other.
"""

import asyncio
import contextlib
import random
import time
from functools import partial

import structlog

from contracts import codec
from contracts.desired import RelayAddress
from contracts.errors import MalformedPayload
from contracts.ids import MeetingId
from contracts.participants import ParticipantKind
from contracts.trunk import TrunkAnswer
from media.client.whip_client import PointIdentity, WhipClient
from media.errors import HandshakeFailed, RelayRefused, RelayUnreachable
from media.relay import meeting_hours
from media.relay.meetings import MeetingRegistry
from media.relay.relayed_meeting import RelayedMeeting
from media.relay.settings import RelaySettings
from media.relay.trunk_end import TrunkEnd
from media.relay.trunk_words import SILENT_S
from media.relay.trunks import Trunks
from media.sfu.engine import RelayEngine
from media.sfu.slots import Viewer
from media.sfu.trunk_lines import TrunkCall
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.guard import beside, guarded, start

LOOK_EVERY_S = 0.5
TUNNEL_AFTER_S = 1.5
CONNECT_LIMIT_S = 6.0
# One that is lost sooner has failed: what ends it so soon does so at each call.
LIVED_S = 5.0
PAUSES = Backoff(first_s=0.3, cap_s=2.0)
_READ_BYTES = 64 * 1024

_log = structlog.get_logger()


class TrunkCaller:
    """The calls of this relay, one for each meeting that has its home elsewhere."""

    def __init__(
        self,
        settings: RelaySettings,
        engine: RelayEngine,
        registry: MeetingRegistry,
        trunks: Trunks,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._registry = registry
        self._trunks = trunks
        self._clock = clock
        self._calls: dict[MeetingId, tuple[RelayAddress, asyncio.Task[None]]] = {}

    async def run(self) -> None:
        """Begin and end calls by the documents, for ever."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                due = {m.document.meeting_id: m for m in self._registry.meetings if self._is_due(m)}
                for meeting_id, (home, task) in list(self._calls.items()):
                    meeting = due.get(meeting_id)
                    if task.done() or meeting is None or meeting.document.home != home:
                        task.cancel()
                        del self._calls[meeting_id]
                for meeting_id, meeting in due.items():
                    home_now = meeting.document.home
                    if home_now and meeting_id not in self._calls:
                        calling = self._keep(meeting, home_now)
                        task = start(tasks, calling, kind="trunk", meeting_id=meeting_id)
                        self._calls[meeting_id] = (home_now, task)
                await asyncio.sleep(LOOK_EVERY_S)

    def _is_due(self, meeting: RelayedMeeting) -> bool:
        has_opened = self._clock.now() >= meeting_hours.opens_at(meeting.document)
        is_on = meeting.is_forwarding or has_opened
        return bool(meeting.document.home) and is_on and not meeting.is_over

    async def _keep(self, meeting: RelayedMeeting, home: RelayAddress) -> None:
        failures = 0
        while True:
            error: str | None = "it failed"  # what is none of a call's own errors, and is logged
            with guarded("trunk", home=home.url):
                error = await self._attempt(meeting, home, attempt=failures)
            failures = 0 if error is None else failures + 1
            if failures and failures & (failures - 1) == 0:  # 1, 2, 4, 8 …: an outage fills no log
                _log.warning("trunk_failed", home=home.url, failures=failures, error=error)
            await asyncio.sleep(PAUSES.wait_s(failures, random.random()))  # noqa: S311

    async def _attempt(
        self, meeting: RelayedMeeting, home: RelayAddress, *, attempt: int
    ) -> str | None:
        """Call once; return what was wrong with it, None if it has lived."""
        try:
            lived_s = await self._call(meeting, home, attempt=attempt)
        except (RelayRefused, RelayUnreachable, HandshakeFailed, MalformedPayload) as exc:
            return str(exc)
        return None if lived_s >= LIVED_S else f"it was lost after {lived_s:.1f} s"

    async def _call(self, meeting: RelayedMeeting, home: RelayAddress, *, attempt: int) -> float:
        """Call once, and live with it until it is lost; return for how many seconds."""
        broker = self._settings.broker
        client = WhipClient(
            home.url,
            ca_file=self._settings.ca_file,
            identity=PointIdentity(broker.cert_file, broker.key_file),
            now=self._clock.now,
        )
        with contextlib.closing(TrunkCall()) as call:
            return await self._live(meeting, home, client, call, attempt=attempt)

    async def _live(
        self,
        meeting: RelayedMeeting,
        home: RelayAddress,
        client: WhipClient,
        call: TrunkCall,
        *,
        attempt: int,
    ) -> float:
        path = f"/trunk/{meeting.document.meeting_id}"
        reply = await client.ask(path, codec.encode(call.offer), "application/json")
        answered = codec.decode(TrunkAnswer, reply)
        relay = Viewer(home.relay_id, ParticipantKind.RELAY)
        session = call.begin(self._engine, meeting.router, relay, answered, attempt=attempt)
        end = TrunkEnd(meeting, session, is_home=False)
        end.on_floor = partial(self._registry.adopt_moved, meeting)
        self._trunks.add(end)
        helping = partial(_help, call, end, client, f"/session/{answered.session}/media")
        try:
            async with beside(call.pace, name="trunk-pacing"), beside(helping, name="trunk-tunnel"):
                await _connected(end)
                reader, writer = await client.stream(f"/session/{answered.session}/words")
                began_s = time.monotonic()
                try:
                    await self._listen(end, reader, writer)
                    return time.monotonic() - began_s
                finally:
                    writer.transport.abort()
        finally:
            session.peer.close("the trunk is called anew")

    async def _listen(
        self, end: TrunkEnd, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        line = self._trunks.line_for(end)
        line.connection_made(writer.transport)
        try:
            while True:
                async with asyncio.timeout(SILENT_S):
                    data = await reader.read(_READ_BYTES)
                if not data:
                    return
                line.data_received(data)
        except (OSError, TimeoutError):
            return
        finally:
            line.connection_lost(None)


async def _help(call: TrunkCall, end: TrunkEnd, client: WhipClient, path: str) -> None:
    """Offer media a way over TLS, where there is none by UDP, for as long as it is used."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(TUNNEL_AFTER_S):
            await end.session.is_settled.wait()
    if end.session.is_settled.is_set():
        return
    try:
        entrance = call.entrance(*await client.stream(path))
    except RelayUnreachable as exc:
        _log.info("trunk_without_tunnel", relay=end.relay, error=str(exc))
        return
    _log.info("trunk_tunnelled", relay=end.relay)
    await entrance.run()


async def _connected(end: TrunkEnd) -> None:
    """Wait for the session's keys.

    Raises:
        HandshakeFailed: there are none in time.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CONNECT_LIMIT_S):
            await end.session.is_settled.wait()
    if not end.session.is_connected:
        raise HandshakeFailed(f"no path or no keys after {CONNECT_LIMIT_S:g} s")
