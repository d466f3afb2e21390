"""The process that takes reports from the broker to the series database.

    broker -> Intake -> Writer -> SeriesStore -> Held to the point, ChangeNotice to pages
                  \\-> PresenceBook -> presence_interval

Whatever is committed is said afterwards, never before.
"""

import asyncio
import time
from datetime import datetime, timedelta
from functools import partial

import msgspec
import structlog

from contracts import codec, topics
from contracts.centre import IngestBeat
from contracts.errors import MalformedPayload
from contracts.ids import PointId
from controller.db.engine import open_engine, open_reader
from controller.db.migrate import upgrade
from controller.errors import StorageError
from controller.ingest.acknowledgement import Acknowledgements, statement
from controller.ingest.address_watch import AddressWatch
from controller.ingest.applied import AppliedBook
from controller.ingest.arrivals import Arrival
from controller.ingest.call_minutes import CallMinutes
from controller.ingest.cause_judging import CauseJudging
from controller.ingest.clearing import keep_clearing
from controller.ingest.intake import Intake
from controller.ingest.limits_in_use import LimitsInUse
from controller.ingest.listening import Listening
from controller.ingest.metrics import IngestTotals, Sources, application, state_of
from controller.ingest.notices import Notices
from controller.ingest.points import KnownPoints
from controller.ingest.presence_book import PresenceBook
from controller.ingest.problem_judging import ProblemJudging
from controller.ingest.pruning import Pruning
from controller.ingest.rejections import Reason, Rejections
from controller.ingest.retention import kept_by
from controller.ingest.store import Committed, SeriesStore
from controller.ingest.timekeeping import Timekeeping
from controller.ingest.writer import Writer
from controller.settings import ControllerSettings
from monitoring.judgement.presence import PresenceLimits
from runtime import http, notify
from runtime.bus import Bus, Received
from runtime.errors import BusDisconnected
from runtime.guard import keep
from runtime.set_aside import SetAside
from runtime.steady_clock import Leap

_log = structlog.get_logger()

BEAT_S = 5.0
TICK_S = 0.5
STATEMENT_TICK_S = 0.1
REMEMBERED = timedelta(days=31)
DRAIN_LIMIT_S = 5.0
BUS_QUEUE_LIMIT = 5_000
"""Messages that are not confirmed yet, about 40 MB; the rest waits at the broker."""


async def main(settings: ControllerSettings) -> None:
    """Run until cancelled.

    Raises:
        StorageError: a database cannot be used at the start.
        PortInUse: the port of the metrics is taken.
    """
    series = open_engine(settings.series_database_url)
    state = open_reader(settings.state_database_url)
    try:
        await asyncio.to_thread(upgrade, series, "series")
        await Ingest(settings, SeriesStore(series), KnownPoints(state)).run()
    finally:
        series.dispose()
        state.dispose()


class Ingest:
    """Wires the parts and keeps their clocks; decides nothing."""

    def __init__(
        self, settings: ControllerSettings, store: SeriesStore, points: KnownPoints
    ) -> None:
        self._settings = settings
        self._store = store
        self._time = Timekeeping()
        self._listening = Listening()
        self._is_span_due = True
        self._sign_came = asyncio.Event()
        self._acknowledgements = Acknowledgements()
        self._rejections = Rejections()
        self._totals = IngestTotals()
        self._set_aside = SetAside(settings.data_dir / "set-aside" / "ingest")
        self._to_clear: set[PointId] = set()
        self._twins: dict[PointId, datetime] = {}
        self._applied = AppliedBook()
        self._calls = CallMinutes()
        silence = timedelta(seconds=settings.ingest.silence_limit_s)
        self._book = PresenceBook(PresenceLimits(silence=silence))
        self._writer = Writer(store, on_committed=self._committed)
        kept = kept_by(settings.measured)
        self._pruning = Pruning(self._writer, store, self._time.trusted, kept)
        self._bus = self._new_bus()
        self._notices = Notices(self._bus)
        self._causes = CauseJudging(
            store,
            self._writer,
            self._notices,
            now=self._time.now,
            unit_of=lambda: points.unit_of,
            declared=points.declared,
        )
        self._addresses = self._new_address_watch(points)
        self._intake = Intake(
            time=self._time,
            points=points,
            book=self._book,
            writer=self._writer,
            acknowledgements=self._acknowledgements,
            rejections=self._rejections,
            set_aside=self._set_aside,
            clear_retained=self._to_clear.add,
            twins_seen=self._twins.__setitem__,
            said=self._causes.said,
            applied=self._applied,
            calls=self._calls,
        )
        self._problems = ProblemJudging(
            store,
            self._writer,
            self._notices,
            LimitsInUse(points.engine, settings.thresholds, settings.series_dir),
            now=self._time.now,
            contracted=lambda: points.contracted,
            replaced=lambda: points.replaced,
            presence_stored=self._causes.changed,
        )

    def _new_address_watch(self, points: KnownPoints) -> AddressWatch:
        return AddressWatch(
            self._settings.reflector.seen_file, self._store, self._writer, self._notices,
            now=self._time.now, numbers=lambda: points.numbers, moved=self._causes.moved,
        )  # fmt: skip

    def _new_bus(self) -> Bus:
        return Bus(
            msgspec.structs.replace(
                self._settings.bus("centre-ingest"), queue_limit=BUS_QUEUE_LIMIT
            ),
            subscriptions=[
                (topics.all_of_points("report"), 1),
                (topics.all_of_points("beat"), 0),
                (topics.all_of_points("status"), 1),
                (topics.all_of_points("applied"), 1),
                (topics.all_of_relays("state"), 0),
                (topics.ingest_alive().name, topics.ingest_alive().qos),
            ],
            on_connected=self._connected,
            on_disconnected=self._disconnected,
            confirms_by_hand=True,
        )

    async def run(self) -> None:
        """Listen until cancelled; then write what waits and say that listening has ended."""
        now = self._now()
        presences, alive_at = await self._writer.do(self._store.load, now - REMEMBERED)
        self._book.restore(presences)
        self._time.restore(alive_at)
        self._listening.sign_at = min(alive_at, now) if alive_at else None
        try:
            async with asyncio.TaskGroup() as tasks:
                keep(tasks, partial(self._bus.run, self._handle), name="bus")
                keep(tasks, self._writer.run, name="writer")
                keep(tasks, self._keep_beating, name="beat")
                keep(tasks, self._keep_span, name="span")
                keep(tasks, self._keep_judging, name="presence")
                keep(tasks, self._keep_stating, name="statements")
                keep(tasks, self._pruning.run, name="retention")
                keep(
                    tasks,
                    partial(self._calls.run, self._writer, self._store, self._now, self._notices),
                    name="calls",
                )
                keep(tasks, partial(keep_clearing, self._bus, self._to_clear), name="clearing")
                keep(tasks, self._addresses.run, name="addresses")
                if port := self._settings.ingest.metrics_port:
                    serve = partial(http.serve, application(self._sources()), "127.0.0.1", port)
                    keep(tasks, serve, name="metrics")
                notify.ready()
        finally:
            await self._end()

    def _now(self) -> datetime:
        """Return the time, after taking in that it was set."""
        now = self._time.now()
        leap = self._time.take_leap()
        if leap is not None:
            self._clock_set(leap)
        return now

    def _clock_set(self, leap: Leap) -> None:
        _log.warning("clock_set", until=leap.until.isoformat(), now=leap.now.isoformat())
        self._listening.clock_set(leap.now)
        self._book.clock_set(leap)
        self._intake.clock_set()
        self._acknowledgements.clear()
        self._store.leave_span()
        self._is_span_due = True

    async def _end(self) -> None:
        try:
            async with asyncio.timeout(DRAIN_LIMIT_S):
                await self._writer.drain()
                if not self._time.is_behind:
                    await self._problems.store_presence(self._book)
                    await self._calls.finish(self._writer, self._store)
                await self._end_span()
        except TimeoutError:
            _log.warning("shutdown_left_reports", waiting=self._writer.waiting)
        self._writer.close()

    async def _handle(self, received: Received) -> None:
        now = self._now()
        if received.topic == topics.ingest_alive().name:
            self._own_beat(received, now)
            received.confirm()
            return
        self._look(now)
        await self._intake.handle(received, now)

    def _own_beat(self, received: Received, now: datetime) -> None:
        try:
            beat = codec.decode(IngestBeat, received.payload)
        except MalformedPayload as exc:
            self._rejections.reject(Reason.MALFORMED, received.topic, str(exc), now)
            return
        if not self._listening.is_sign(beat, now):
            return
        blind_from = self._listening.sign(now)
        if blind_from is not None:
            _log.info("ingest_listens", blind_s=round((now - blind_from).total_seconds(), 1))
            self._book.resumed(blind_from, now)
            self._is_span_due = True
            self._writer.then(self._tell_everyone)
        self._sign_came.set()

    def _look(self, now: datetime) -> None:
        """Let nothing count that comes in while the centre is blind."""
        blind_from = self._listening.blind_from(now)
        if blind_from is not None:
            self._book.blinded(blind_from, now)

    async def _connected(self, _: Bus) -> None:
        """Be blind until the queue is caught up with; what waits there may be old."""
        now = self._now()
        self._book.blinded(self._listening.connected(now), now)
        await self._send_beat()

    async def _disconnected(self, _: Bus) -> None:
        self._listening.disconnected()
        await self._end_span()

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            notify.watchdog()
            if self._listening.is_connected:
                await self._send_beat()
                await self._notices.flush()

    async def _send_beat(self) -> None:
        """Send a beat to ourselves, through the queue that the reports come through."""
        beat = self._listening.beat(now := self._now())
        state = state_of(self._sources(), now, lag_ms=self._listening.lag_ms)
        try:
            await self._bus.publish(topics.ingest_alive(), beat, timeout_s=BEAT_S)
            await self._bus.publish(topics.ingest_state(), state, timeout_s=BEAT_S)
        except BusDisconnected as exc:
            _log.warning("beat_not_sent", error=str(exc))

    async def _keep_span(self) -> None:
        """Write after every sign that the centre listens."""
        while True:
            await self._sign_came.wait()
            self._sign_came.clear()
            now = self._now()
            if self._listening.can_judge(now):
                await self._write_sign(now)

    async def _write_sign(self, now: datetime) -> None:
        try:
            if self._is_span_due:
                await self._writer.do(self._store.begin_span, now)
                self._is_span_due = False
            else:
                await self._writer.do(self._store.keep_span, now)
        except StorageError as exc:
            _log.warning("span_not_written", error=str(exc))

    async def _interrupt_span(self) -> None:
        """Say no longer with every commit that the centre listens; the next sign begins anew."""
        if not self._is_span_due:
            self._is_span_due = True
            await self._end_span()

    async def _end_span(self) -> None:
        sign_at = self._listening.sign_at
        if sign_at is None:
            return
        try:
            await self._writer.do(self._store.end_span, sign_at)
        except StorageError as exc:
            _log.warning("span_not_written", error=str(exc))

    async def _keep_judging(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            now = self._now()
            # First and in any case: what is not confirmed holds up all that came after it.
            await self._problems.store_applied(self._applied)
            if self._time.is_behind:
                continue  # what would be written now would lie before what is there
            if self._listening.can_judge(now):
                self._book.tick(now)
            elif self._listening.is_connected:
                self._look(now)
                await self._interrupt_span()
            await self._problems.store_presence(self._book)
            await self._problems.store_twins(self._twins)
            await self._causes.turn()
            if self._listening.can_judge(now):
                await self._problems.turn()

    async def _committed(self, committed: Committed) -> None:
        now = self._now()
        self._totals.take(len(committed.new), len(committed.duplicates), now)
        for one in committed.new:
            is_urgent = one.is_backlog or one.is_awaited
            urgency = {"is_urgent": is_urgent, "is_charged": one.is_packed}
            self._acknowledgements.committed(one.name, now, **urgency)
        for arrival in committed.duplicates:
            self._acknowledgements.committed(arrival.name, now, is_urgent=True)
        for arrival in committed.refused:
            self._refused(arrival, now)
        self._problems.note(a.name.point_id for a in committed.new if not a.is_backlog)
        self._notices.note(committed.new)
        self._causes.reported(committed.new)
        if self._listening.can_judge(now) and not self._time.is_behind:
            await self._problems.turn()
        if self._listening.can_judge(now):
            await self._notices.flush()

    def _refused(self, arrival: Arrival, now: datetime) -> None:
        detail = f"number {arrival.report.seq} cannot be stored"
        self._rejections.reject(Reason.UNSTORABLE, arrival.name.point_id, detail, now)
        self._set_aside.keep(
            topics.report(arrival.name.point_id).name,
            arrival.payload,
            Reason.UNSTORABLE.value,
            now=now,
            now_s=time.monotonic(),
        )
        self._acknowledgements.committed(arrival.name, now, is_urgent=True)

    def _tell_everyone(self) -> None:
        now = self._now()
        for name in list(self._store.holdings.known):  # the writer's thread adds to it
            self._acknowledgements.connected(name, now)

    async def _keep_stating(self) -> None:
        """Say what is held, once caught up: a point takes what is not said for lost."""
        while True:
            await asyncio.sleep(STATEMENT_TICK_S)
            now = self._now()
            if not self._listening.can_judge(now):
                continue
            for name in self._acknowledgements.take_due(now):
                try:
                    held = statement(name, self._store.holdings.held_of(name))
                    await self._bus.publish(topics.held(name.point_id), held)
                except BusDisconnected:
                    break  # everyone is told anew once the broker is back
                self._totals.statements_total += 1

    def _sources(self) -> Sources:
        return Sources(
            totals=self._totals,
            rejections=self._rejections,
            set_aside=self._set_aside,
            book=self._book,
            received_total=lambda: self._intake.received_total,
            pruned_total=lambda: self._pruning.pruned_total,
            call_minutes_dropped_total=lambda: self._calls.dropped_total,
            waiting=lambda: self._writer.waiting,
            is_well=lambda: self._bus.is_connected and not self._writer.is_failing,
        )
