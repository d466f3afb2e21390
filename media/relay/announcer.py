"""What the relay tells the centre: events that wait for the broker, and its state."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from contracts import topics
from contracts.floor import FloorState
from contracts.ids import MeetingId, RelayId
from contracts.participants import ParticipantKind
from contracts.relay import RelayEvent, RelayState, RelayStatus
from media.relay.streams_told import fitting
from media.sfu.session import Direction
from media.sfu.slots import Viewer
from runtime.bus import Bus
from runtime.clock import Clock
from runtime.errors import BusDisconnected
from runtime.guard import FAILURES, guarded

MAX_WAITING = 2000
STATE_INTERVAL_S = 5.0
STATE_SPACING_S = 0.5
OFFLINE_TIMEOUT_S = 2.0
# Longer than the bus' longest wait between two tries to connect.
AGAIN_AFTER_S = 7.0
AGAIN_FOR = timedelta(minutes=2)
MAX_SENT_AGAIN = 500

_log = structlog.get_logger()


class Announcer:
    """Events are sent in order; when too many wait, the oldest are dropped.

    A broker that takes an event may have nobody to give it to: after an outage the centre
    comes back in its own time. So some seconds after each connection the events of the last
    minutes are sent once more; (started_at, seq) makes each countable once.
    """

    def __init__(self, relay_id: RelayId, clock: Clock) -> None:
        self.started_at = clock.now()
        self.dropped_total = 0
        self.states_shortened_total = 0
        self._relay_id = relay_id
        self._clock = clock
        self._seq = 0
        self._waiting: deque[RelayEvent] = deque()
        self._sent: deque[RelayEvent] = deque(maxlen=MAX_SENT_AGAIN)
        self._again: asyncio.TimerHandle | None = None
        self._has_event = asyncio.Event()
        self._has_change = asyncio.Event()
        self._is_connected = asyncio.Event()

    def status(self, *, is_online: bool) -> RelayStatus:
        """Return the birth message, or the last will."""
        return RelayStatus(is_online=is_online, started_at=self.started_at)

    def tell(
        self,
        meeting_id: MeetingId,
        kind: str,
        *,
        viewer: Viewer | None = None,
        direction: Direction | None = None,
        floor: FloorState | None = None,
        detail: str = "",
        happened_at: datetime | None = None,
    ) -> None:
        """Put an event into the queue."""
        self._seq += 1
        event = RelayEvent(
            started_at=self.started_at,
            seq=self._seq,
            happened_at=happened_at or self._clock.now(),
            meeting_id=meeting_id,
            kind=kind,  # type: ignore[arg-type]  # our own callers' constants
            subject=viewer.subject if viewer else "",
            participant_kind=viewer.kind if viewer else ParticipantKind.POINT,
            direction=direction,
            floor=floor,
            detail=detail[:120],
        )
        _log.info(
            "meeting_event",
            meeting_id=meeting_id,
            kind=kind,
            subject=event.subject,
            direction=direction,
            detail=event.detail,
        )
        if len(self._waiting) >= MAX_WAITING:
            self._waiting.popleft()
            self.dropped_total += 1
        self._waiting.append(event)
        self._has_event.set()
        self.changed()

    def changed(self) -> None:
        """Have the state sent soon."""
        self._has_change.set()

    async def connected(self, bus: Bus) -> None:
        """Say that the relay is there, and let waiting events go."""
        try:
            await bus.publish(topics.relay_status(self._relay_id), self.status(is_online=True))
        except BusDisconnected as exc:
            _log.warning("relay_status_unsent", error=str(exc))
        self._is_connected.set()
        self.changed()
        if self._again is not None:
            self._again.cancel()
        self._again = asyncio.get_running_loop().call_later(AGAIN_AFTER_S, self._send_again)

    def _send_again(self) -> None:
        since = self._clock.now() - AGAIN_FOR
        self._waiting.extendleft(e for e in reversed(self._sent) if e.happened_at >= since)
        self._sent.clear()
        self._has_event.set()

    async def say_offline(self, bus: Bus) -> None:
        """Say that the relay stops; the last will is for when it cannot."""
        if not bus.is_connected:
            return
        topic = topics.relay_status(self._relay_id)
        try:
            await bus.publish(topic, self.status(is_online=False), timeout_s=OFFLINE_TIMEOUT_S)
        except BusDisconnected as exc:
            _log.warning("relay_status_unsent", error=str(exc))

    async def disconnected(self, bus: Bus) -> None:
        """Let events wait."""
        self._is_connected.clear()

    async def run_events(self, bus: Bus) -> None:
        """Send events for ever; one that could not be sent is sent again."""
        while True:
            if not self._waiting:
                self._has_event.clear()
            await self._has_event.wait()
            await self._is_connected.wait()
            if not self._waiting:
                continue
            event = self._waiting[0]
            try:
                await bus.publish(topics.relay_event(self._relay_id), event)
            except BusDisconnected as exc:
                _log.warning("relay_event_waits", seq=event.seq, error=str(exc))
                await asyncio.sleep(STATE_SPACING_S)
                continue
            except Exception as exc:  # noqa: BLE001 - what cannot be said keeps no other waiting
                self.dropped_total += 1
                FAILURES.note("event", exc, event_kind=event.kind)
            if self._waiting and self._waiting[0] is event:
                self._waiting.popleft()
                self._sent.append(event)

    async def _send_state(self, bus: Bus, state: RelayState) -> None:
        told = fitting(state)
        self.states_shortened_total += told is not state
        try:
            await bus.publish(topics.relay_state(self._relay_id), told)
        except BusDisconnected as exc:
            _log.debug("relay_state_unsent", error=str(exc))

    async def run_state(self, bus: Bus, state: Callable[[], RelayState]) -> None:
        """Send the state every few seconds and on change, at most twice a second."""
        while True:
            try:
                async with asyncio.timeout(STATE_INTERVAL_S):
                    await self._has_change.wait()
            except TimeoutError:
                pass  # nothing changed: it is due all the same
            self._has_change.clear()
            if bus.is_connected:
                with guarded("state"):
                    await self._send_state(bus, state())
            await asyncio.sleep(STATE_SPACING_S)
