"""Desired documents to the broker: what changed, and everything on start and reconnect.

Two lanes run side by side and share no topic, so that no older document can overtake
a newer one: `meetings` says what relays and screens need now, `points` the rest. Each
round plans from one snapshot, gives changed documents their next generation in a
transaction of its own, so that nobody who writes waits for the planning, and then
publishes. What changes after the snapshot is noted after its commit: for the next
round. When the broker is away a round is given up: everything is said anew once it is
back. When it only stalls there is no coming back: the round is said again, whole,
until the broker has it.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from contracts.desired import Desired, Live
from contracts.topics import Topic
from controller.clock import WatchedClock
from controller.db.engine import reading, writing
from controller.dispatch import document_queries, documents
from controller.dispatch.changes import Changes, Id, Lane, Pending
from controller.dispatch.tables import DesiredDocument
from controller.errors import StorageError
from controller.web.metrics import WebMetrics
from runtime.bus import Bus
from runtime.errors import BusDisconnected
from runtime.guard import guarded

_log = structlog.get_logger()

LOOK_AGAIN_S = 600.0
RETRY_S = 1.0
PUBLISH_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document that should stand on a topic; `ended_at` once its subject is over."""

    topic: Topic
    document: Desired
    ended_at: datetime | None = None


class Planner(Protocol[Id]):
    """Builds the wanted documents of one lane."""

    def plan(
        self, session: Session, pending: Pending[Id], *, now: datetime, until: datetime
    ) -> list[Wanted]:
        """Return what should be said, the most urgent first; may be more than has changed.

        Args:
            until: meetings that begin later are not said yet.
        """


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: the leader's epoch, and what both lanes share.

    The broker stalls where it has not confirmed a document within `timeout_s`.
    """

    state: Engine
    metrics: WebMetrics
    clock: WatchedClock
    leader_epoch: int
    timeout_s: float = PUBLISH_TIMEOUT_S


class LaneRunner(Generic[Id]):
    """Plans and publishes one lane, for ever."""

    def __init__(self, lane: Lane[Id], planner: Planner[Id], voice: Voice) -> None:
        self._lane: Lane[Id] = lane
        self._planner: Planner[Id] = planner
        self._voice = voice

    async def run(self, bus: Bus) -> None:
        """Say what changes."""
        while True:
            pending = await self._lane.next_pending()
            is_planned = is_said = False
            with guarded("dispatch"):
                try:
                    is_said = await self.publish_round(bus, pending)
                    is_planned = True
                except StorageError as exc:
                    _log.error("dispatch_not_planned", error=str(exc))
            if is_said:
                continue
            await asyncio.sleep(RETRY_S)
            # Forced, as what was not said counts as said by its digest. Without a session
            # everything is noted once there is one again.
            if bus.is_connected or not is_planned:
                self._lane.note(pending.ids, is_all=pending.is_all, is_forced=True)

    async def publish_round(self, bus: Bus, pending: Pending[Id]) -> bool:
        """Say what is pending; False: the broker did not take all of it.

        Raises:
            StorageError: nothing was planned, nothing was said.
        """
        began_s = time.monotonic()
        outgoing = await asyncio.to_thread(self.plan, pending)
        is_said = await self._publish(bus, outgoing)
        self._voice.metrics.dispatch_seconds.observe(time.monotonic() - began_s)
        return is_said

    def plan(self, pending: Pending[Id]) -> list[tuple[Topic, Desired]]:
        """Return what is new of what is pending, with its generation; all of it where forced."""
        now = self._voice.clock.now()
        until = documents.told_until(now, is_doubted=self._voice.clock.doubt() is not None)
        with reading(self._voice.state) as session:
            wanted = self._planner.plan(session, pending, now=now, until=until)
        with writing(self._voice.state) as session:
            rows = document_queries.documents(session, [one.topic.name for one in wanted])
            outgoing: list[tuple[Topic, Desired]] = []
            for one in wanted:
                with guarded("document", through=(DBAPIError,), topic=one.topic.name):
                    row = rows.get(one.topic.name)
                    document = self._next(session, one, row, is_forced=pending.is_forced, now=now)
                    if document is not None:
                        outgoing.append((one.topic, document))
        return outgoing

    def _next(
        self,
        session: Session,
        wanted: Wanted,
        row: DesiredDocument | None,
        *,
        is_forced: bool,
        now: datetime,
    ) -> Desired | None:
        """Return a document with its next generation; None: the same has been said."""
        digest = documents.digest(wanted.document)
        if row is not None and row.content_sha256 == digest and not is_forced:
            return None
        generation = document_queries.say(
            session,
            row,
            wanted.topic.name,
            content_sha256=digest,
            now=now,
            ended_at=wanted.ended_at,
        )
        document = documents.issued(
            wanted.document,
            leader_epoch=self._voice.leader_epoch,
            generation=generation,
            now=now,
        )
        return documents.fitted(document) if isinstance(document, Live) else document

    async def _publish(self, bus: Bus, outgoing: Iterable[tuple[Topic, Desired]]) -> bool:
        try:
            for topic, document in outgoing:
                with guarded("document", through=(BusDisconnected,), topic=topic.name):
                    await bus.publish(topic, document, timeout_s=self._voice.timeout_s)
                    self._voice.metrics.published.inc()
        except BusDisconnected as exc:
            _log.warning("dispatch_given_up", topic=topic.name, error=str(exc))
            return False
        return True


async def look_again(changes: Changes, state: Engine, bus: Bus, clock: WatchedClock) -> None:
    """Every ten minutes: meetings come within the horizon, ended ones are cleared.

    Nothing is cleared by a clock that is in doubt.
    """
    while True:
        await asyncio.sleep(LOOK_AGAIN_S)
        changes.note_everything(is_forced=False)
        if clock.doubt() is not None:
            continue
        with guarded("ended"):
            try:
                await clear_ended(state, bus, now=clock.now())
            except (StorageError, BusDisconnected) as exc:
                _log.warning("ended_not_cleared", error=str(exc))


async def clear_ended(state: Engine, bus: Bus, *, now: datetime) -> int:
    """Take back the retained documents of what has been over for a day; return how many.

    Raises:
        StorageError, BusDisconnected: the rest is left for the next time.
    """
    limit = now - documents.CLEARED_AFTER

    def ended() -> list[str]:
        with reading(state) as session:
            return document_queries.ended_before(session, limit)

    def forget(names: list[str]) -> None:
        with writing(state) as session:
            document_queries.forget(session, names)

    names = await asyncio.to_thread(ended)
    for name in names:
        await bus.clear_retained(Topic(name, 1, is_retained=True))
    await asyncio.to_thread(forget, names)
    return len(names)
