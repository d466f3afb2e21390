"""Reports to the broker: new ones at once, the past newest first, in packs, paced and awaited."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from agent.health.sending import (
    MESSAGE_OVERHEAD_BYTES,
    WINDOW,
    Key,
    OnTheWay,
    Pacer,
    backlog_rate_bps,
)
from agent.health.thrift import PastShare
from agent.point.journal import Journal
from agent.point.outbox import Entry
from contracts import codec, topics
from contracts.errors import MalformedPayload
from contracts.ids import PointId
from contracts.packed import packed, together
from contracts.reports import Held, Report
from contracts.topics import Topic
from runtime.errors import BusDisconnected

_log = structlog.get_logger()

NEWEST = 2**63 - 1
MAY_BE_FRESH = 4
"""Read besides a pack: reports of now that are on their way."""
POLL_S = 1.0
SHARE_POLL_S = 30.0


class ReportPublisher(Protocol):
    """The part of the bus used here."""

    @property
    def is_connected(self) -> bool:
        """Whether there is a session."""

    async def publish(self, topic: Topic, message: bytes) -> None:
        """Hand over one message. Raises BusDisconnected."""


class Reporter:
    """Owns what was sent and when. `run_live` and `run_backlog` are a task each.

    The past waits until the centre has said on this connection what it holds.
    """

    def __init__(
        self,
        journal: Journal,
        bus: ReportPublisher,
        point_id: PointId,
        *,
        may_send_backlog: Callable[[], bool],
        contract_bps: Callable[[], int | None],
        is_thrifty: Callable[[], bool] = lambda: False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._bus = bus
        self._topic = topics.report(point_id)
        self._may_send_backlog = may_send_backlog
        self._contract_bps = contract_bps
        self._is_thrifty = is_thrifty
        self._past_share = PastShare()
        self._monotonic = monotonic
        self._on_the_way = OnTheWay()
        self._past: deque[Key] = deque()
        self._pack_limit = 1
        self._pacer = Pacer()
        self._below_row = NEWEST
        self._is_held_known = False
        self._has_new = asyncio.Event()
        self._has_backlog = asyncio.Event()
        self.measured_bps: int | None = None
        self.sent_total = 0
        self.sent_at_s = float("-inf")

    def stored(self) -> None:
        """Say that a report was just put into the journal."""
        self._has_new.set()

    def connected(self) -> None:
        """Say that a session with the broker has begun.

        A broker that was killed has lost what it had taken: nothing is on its way any more.
        """
        self._is_held_known = False
        self._on_the_way.clear()
        self._journal.start_fresh()
        self._has_new.set()

    def disconnected(self) -> None:
        """Say that the session is gone."""
        self._is_held_known = False

    def held(self, held: Held) -> None:
        """Take over what the centre holds; what it lacks goes out again."""
        lost = self._journal.apply(held)
        self._on_the_way.acknowledge(held.outbox_id, held.ranges)
        if lost:
            _log.warning("reports_lost_at_centre", outbox_id=held.outbox_id, reports=lost)
            self._on_the_way.clear()
        self._is_held_known = True
        self._pack_limit = max(1, min(held.pack_limit or 1, WINDOW))
        self._below_row = NEWEST
        self._has_backlog.set()

    async def run_live(self) -> None:
        """Send what is stored from now on, as it is stored, by whichever process."""
        while True:
            try:
                async with asyncio.timeout(POLL_S):
                    await self._has_new.wait()
            except TimeoutError:
                if not (self._bus.is_connected and self._journal.has_changed_elsewhere()):
                    continue
            self._has_new.clear()
            while self._bus.is_connected and (entries := self._journal.fresh()):
                await self._send_all(entries)

    async def run_backlog(self) -> None:
        """Send the past: newest first, at its rate, outside meetings."""
        while True:
            wait_s = self._pacer.wait_s(self._monotonic())
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            entries = self._next_backlog() if self._has_room() else []
            if not entries:
                await self._wait_for_backlog()
                continue
            whole = self._whole(entries)
            payload = self._payload(whole)
            if whole and not self._is_paid(payload):
                await asyncio.sleep(SHARE_POLL_S)
                continue
            if whole and not await self._send(whole, payload):
                await asyncio.sleep(POLL_S)
                continue
            self._past.extend(entry.key for entry in whole)
            self._below_row = entries[-1].row
            self._pacer.spend(self._monotonic(), len(payload), rate_bps=self._rate_bps())

    def _has_room(self) -> bool:
        """Return whether so little is on its way that another pack may follow."""
        while self._past and not self._on_the_way.has(self._past[0]):
            self._past.popleft()
        return len(self._past) + self._pack_limit <= WINDOW

    def _is_paid(self, payload: bytes) -> bool:
        """Take a payload of the past from its share, where volume is charged."""
        wire_bytes = len(payload) + MESSAGE_OVERHEAD_BYTES
        return not self._is_thrifty() or self._past_share.takes(wire_bytes, now_s=self._monotonic())

    @property
    def is_backlog_open(self) -> bool:
        """Whether the past may follow now."""
        return self._bus.is_connected and self._is_held_known and self._may_send_backlog()

    @property
    def is_catching_up(self) -> bool:
        """Whether the past follows, or it is not known yet whether it has to."""
        return not self._is_held_known or bool(self._next_backlog())

    def _next_backlog(self) -> list[Entry]:
        """Return the newest reports that are neither held, nor on their way: what one pack takes.

        Looked for anew whenever the centre says what it holds.
        """
        if not self.is_backlog_open:
            return []
        while page := self._journal.backlog(self._below_row, self._pack_limit + MAY_BE_FRESH):
            entries = [entry for entry in page if not self._on_the_way.has(entry.key)]
            if entries:
                return _pack(entries[: self._pack_limit])
            self._below_row = page[-1].row
        return []

    async def _wait_for_backlog(self) -> None:
        try:
            async with asyncio.timeout(POLL_S):
                await self._has_backlog.wait()
        except TimeoutError:
            return
        self._has_backlog.clear()

    def _rate_bps(self) -> float:
        return backlog_rate_bps(measured_bps=self.measured_bps, contract_bps=self._contract_bps())

    async def _send_all(self, entries: list[Entry]) -> None:
        for entry in self._whole(entries):
            if not await self._send([entry], self._payload([entry])):
                return  # what is left is backlog of the next session

    def _whole(self, entries: Sequence[Entry]) -> list[Entry]:
        """Return the reports that the centre can read; the others leave the outbox."""
        whole: list[Entry] = []
        for entry in entries:
            if _is_whole(entry):
                whole.append(entry)
                continue
            # A bit has flipped on the disk: the centre would refuse it each time it came.
            _log.error("report_damaged", outbox_id=entry.outbox_id, seq=entry.seq)
            self._journal.remove(entry)
        return whole

    def _payload(self, entries: Sequence[Entry]) -> bytes:
        """Return what goes over the line of these reports."""
        if len(entries) != 1:
            return together([entry.payload for entry in entries])
        return packed(entries[0].payload) if self._is_thrifty() else entries[0].payload

    async def _send(self, entries: Sequence[Entry], payload: bytes) -> bool:
        for entry in entries:
            self._on_the_way.add(entry.key)
        try:
            await self._bus.publish(self._topic, payload)
        except BusDisconnected as exc:
            for entry in entries:
                self._on_the_way.discard(entry.key)
            _log.info("report_not_sent", seq=entries[0].seq, error=str(exc))
            return False
        self.sent_total += len(entries)
        self.sent_at_s = self._monotonic()
        return True


def _pack(entries: Sequence[Entry]) -> list[Entry]:
    """Return as many of the first as the centre reads in one payload, one at least."""
    count, size = 0, 1
    for entry in entries:
        size += len(entry.payload) + 1
        if count and size > Report.max_bytes:
            break
        count += 1
    return list(entries[:count])


def _is_whole(entry: Entry) -> bool:
    try:
        report = codec.decode(Report, entry.payload)
    except MalformedPayload:
        return False
    return (report.outbox_id, report.seq) == entry.key
