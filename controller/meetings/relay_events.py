"""What relays say, and what ingest has committed: to the log, the attendance, open pages.

Events are queued and written in batches, so that 170 points joining at once delay
nobody; each is countable once by (relay, started_at, seq), however often it comes.
"""

import asyncio
import time
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

import structlog
from msgspec import UNSET
from sqlalchemy import Engine
from sqlmodel import Session

from contracts import codec, topics
from contracts.centre import ChangeNotice
from contracts.errors import ContractError
from contracts.floor import FloorState
from contracts.ids import MeetingId, RelayId
from contracts.relay import Attendee, MeetingState, RelayEvent, RelayState, RelayStatus
from contracts.topics import RelayTopic
from controller.audit.service import Action, AuditLog
from controller.clock import WatchedClock
from controller.db.engine import writing
from controller.dispatch.changes import Changes
from controller.enrolment import strangers
from controller.errors import StorageError
from controller.meetings import (
    event_queries,
    line_verdicts,
    relay_floor,
    room_hands,
)
from controller.meetings.attendance import Attendance
from controller.web.live import Data, Hub
from controller.web.metrics import WebMetrics
from runtime.bus import Received
from runtime.guard import guarded
from runtime.limits import KeyedBuckets

_log = structlog.get_logger()

SUBSCRIPTIONS = (
    (topics.all_of_relays("status"), 1),
    (topics.all_of_relays("state"), 0),
    (topics.all_of_relays("event"), 1),
    (topics.change().name, 0),
)
QUEUE_LIMIT, BATCH_LIMIT, KNOWN_LIMIT = 20_000, 500, 1000
RETRY_S = 1.0
COMINGS_PER_S, COMINGS_BURST = 1 / 30, 120
FIGURES_EVERY_S = 4.0  # a relay tells of its lines every five seconds, and between where one comes
# Of a meeting as a whole: its home alone says so.
_OF_THE_WHOLE = frozenset(("forwarding_began", "floor_applied", relay_floor.MOVED, "ended"))
_COMING_AND_GOING = frozenset(("joined", "left", "cut", "back", event_queries.REFUSED))


@dataclass(frozen=True, slots=True)
class FromRelay:
    """An event with whose it is."""

    relay_id: RelayId
    event: RelayEvent

    @property
    def meeting_id(self) -> MeetingId:
        """The meeting it is of."""
        return self.event.meeting_id


@dataclass(frozen=True, slots=True)
class FloorAtRelay:
    """The floor of a meeting as its relay has it; behind the events that led there."""

    relay_id: RelayId
    meeting_id: MeetingId
    floor: FloorState


Told = FromRelay | FloorAtRelay


class RelayEvents:
    """Takes messages in; `run` writes what must be kept."""

    def __init__(
        self,
        state: Engine,
        relay_ids: frozenset[str],
        *,
        attendance: Attendance,
        changes: Changes,
        hub: Hub,
        metrics: WebMetrics,
        clock: WatchedClock,
        audit: AuditLog | None = None,
    ) -> None:
        """Take the parts; `audit`: None where what people do at relays is not written down."""
        self._state = state
        self._relay_ids = relay_ids
        self._attendance = attendance
        self._changes = changes
        self._hub = hub
        self._metrics = metrics
        self._clock = clock
        self._now = clock.now
        self._audit = audit
        # When full the bus waits for us, and the broker keeps the rest for our session.
        self._queue: asyncio.Queue[Told] = asyncio.Queue(QUEUE_LIMIT)
        # What was last compared with the database, so that a repeated state costs nothing.
        self._comings: KeyedBuckets[tuple[str, str]] = KeyedBuckets(
            per_s=COMINGS_PER_S, burst=COMINGS_BURST
        )
        self._figures: KeyedBuckets[str] = KeyedBuckets(per_s=1 / FIGURES_EVERY_S, burst=1)
        self._known_floors: dict[MeetingId, FloorState] = {}

    async def handle(self, received: Received) -> None:
        """Take one message in; a malformed or foreign one is counted and costs nothing else."""
        try:
            if received.topic == topics.change().name:
                self._tell_change(codec.decode(ChangeNotice, received.payload))
                return
            topic = topics.parse(received.topic)
            if isinstance(topic, RelayTopic) and topic.relay_id in self._relay_ids:
                await self._handle_relay(topic, received.payload)
                return
        except ContractError as exc:
            _log.warning("message_rejected", topic=received.topic[:120], error=str(exc))
        self._metrics.rejected.inc()

    async def run(self) -> None:
        """Write events, for ever; while the database cannot be written they wait."""
        while True:
            batch = [await self._queue.get()]
            while len(batch) < BATCH_LIMIT and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._keep(batch)
            for meeting_id in {one.meeting_id for one in batch if isinstance(one, FromRelay)}:
                self._hub.publish("attendance", {"meeting_id": meeting_id})

    async def _keep(self, batch: list[Told]) -> None:
        """Write a batch; where it fails for another reason than the database, one by one."""
        failures: list[Exception] = []
        with guarded("relay-event", failures.append, count=len(batch)):
            await self._write_when_possible(batch)
        if failures and len(batch) > 1:
            for one in batch:
                await self._keep([one])

    async def _write_when_possible(self, batch: list[Told]) -> None:
        while True:
            try:
                return await asyncio.to_thread(self._write, batch)
            except StorageError as exc:
                _log.error("relay_events_not_written", count=len(batch), error=str(exc))
                await asyncio.sleep(RETRY_S)

    async def _handle_relay(self, topic: RelayTopic, payload: bytes) -> None:
        relay_id = topic.relay_id
        match topic.leaf:
            case "status":
                if payload:
                    status = codec.decode(RelayStatus, payload)
                    self._attendance.set_online(relay_id, is_online=status.is_online)
                    data: Data = {"relay_id": relay_id, "is_online": status.is_online}
                    self._hub.publish("relay", data)
            case "event":
                event = codec.decode(RelayEvent, payload)
                if event.kind in _OF_THE_WHOLE and self._attendance.is_outer(relay_id):
                    return
                if event.kind in _COMING_AND_GOING and self._is_too_often(event):
                    self._metrics.rejected.inc()
                    return
                await self._queue.put(FromRelay(relay_id, event))
            case "state":
                await self._take_state(relay_id, codec.decode(RelayState, payload))

    def _is_too_often(self, event: RelayEvent) -> bool:
        """Whoever comes and goes in a loop fills no log."""
        who = (event.meeting_id, event.subject)
        return not self._comings.take(who, now_s=time.monotonic())

    async def _take_state(self, relay_id: RelayId, state: RelayState) -> None:
        before = {one.meeting_id: self._seen(one.meeting_id) for one in state.meetings}
        spoke = {
            one.meeting_id: self._attendance.speakers(one.meeting_id) for one in state.meetings
        }
        self._attendance.note_state(relay_id, state)
        self._attendance.set_online(relay_id, is_online=True)
        for meeting in state.meetings:
            self._tell_of_lines(meeting)
            speaks = self._attendance.speakers(meeting.meeting_id)
            has_new_speaker = speaks != spoke[meeting.meeting_id]
            if has_new_speaker:
                self._changes.meetings.note([meeting.meeting_id])
            if has_new_speaker or self._seen(meeting.meeting_id) != before[meeting.meeting_id]:
                self._hub.publish("attendance", {"meeting_id": meeting.meeting_id})
            if self._attendance.is_outer(relay_id):
                continue  # it has its floor from us, as its home has
            if meeting.floor != self._known_floors.get(meeting.meeting_id):
                await self._queue.put(FloorAtRelay(relay_id, meeting.meeting_id, meeting.floor))
                if len(self._known_floors) >= KNOWN_LIMIT:
                    self._known_floors.clear()
                self._known_floors[meeting.meeting_id] = meeting.floor

    def _tell_of_lines(self, meeting: MeetingState) -> None:
        """Have open pages ask for the figures, which are others every time."""
        meeting_id = meeting.meeting_id
        if meeting.is_forwarding and self._figures.take(meeting_id, now_s=time.monotonic()):
            self._hub.publish("lines", {"meeting_id": meeting_id})

    def _seen(self, meeting_id: MeetingId) -> Hashable:
        meeting = self._attendance.meeting_state(meeting_id)
        attendees: tuple[Attendee, ...] = meeting.attendees if meeting else ()
        who = frozenset(
            (one.subject, one.direction, one.is_connected, one.sends) for one in attendees
        )
        between = self._attendance.trunk_states(meeting_id)
        thin = frozenset((ends, line_verdicts.trunk_degree(one)) for ends, one in between.items())
        return who, line_verdicts.troubles(attendees), thin

    def _write(self, batch: list[Told]) -> None:
        now, unknown = self._now(), 0
        asked: set[MeetingId] = set()
        floors: dict[MeetingId, FloorState] = {}
        moves: list[FromRelay] = []
        with writing(self._state) as session:
            for one in batch:
                new = self._taken_over(session, one, now=now)
                if isinstance(one, FromRelay):
                    event = one.event
                    is_new = event_queries.record_from_relay(session, one.relay_id, event, now=now)
                    if is_new and event.kind == event_queries.REFUSED:
                        unknown += not strangers.is_known(session, event.detail)
                    if is_new and event.kind == relay_floor.MOVED:
                        moves.append(one)
                    if is_new and room_hands.follow(session, event, now=now):
                        asked.add(event.meeting_id)
                if new is not None:
                    floors[one.meeting_id] = new
        for meeting_id in asked:
            self._changes.note_queue(meeting_id)
        for meeting_id, floor in floors.items():
            _log.info("floor_adopted", meeting_id=meeting_id, epoch=floor.epoch)
            self._changes.note_floor(meeting_id, floor)
        self._metrics.unknown_certificates.inc(unknown)
        for move in moves:
            self._note(move)

    def _taken_over(self, session: Session, told: Told, *, now: datetime) -> FloorState | None:
        """Take over a floor that was moved at the relay; return it where that changed ours."""
        if isinstance(told, FromRelay):
            return relay_floor.follow(session, told.relay_id, told.event, now=now)
        return relay_floor.take_over(
            *(session, told.relay_id, told.meeting_id, told.floor),
            actor=told.relay_id,
            now=now,
        )

    def _note(self, move: FromRelay) -> None:
        """Write into the audit log who has moved the floor at a relay."""
        if self._audit is None:
            return
        action, _, who = move.event.detail.partition(" ")
        self._audit.note(
            Action.MOVE_FLOOR,
            actor=move.event.subject,
            address=move.relay_id,
            subject=f"{move.meeting_id} {who}".strip(),
            detail=action,
        )

    def _tell_change(self, notice: ChangeNotice) -> None:
        if notice.witnessed_at is not None and notice.point_id is not None:
            self._clock.witnessed(notice.point_id, notice.witnessed_at)
        if notice.meeting_id is not UNSET:
            self._hub.publish("minutes", {"meeting_id": notice.meeting_id})
            return
        self._hub.publish(
            "point",
            {
                "point_id": notice.point_id,
                "kind": notice.kind,
                "measured_at": notice.measured_at.isoformat(),
                "committed_at": notice.committed_at.isoformat(),
            },
        )
