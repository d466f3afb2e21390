"""The health agent's process: one MQTT session, its tasks, and how it ends."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

import msgspec
import structlog

from agent.enrolment.renewer import Renewer
from agent.enrolment.timekeeper import Timekeeper
from agent.health import last_end, run_state
from agent.health.age_clock import AgeClock
from agent.health.housekeeping import keep_house
from agent.health.line_tests import LineTests, hindrance
from agent.health.quiet import may_run_train, may_send_backlog
from agent.health.reporter import Reporter
from agent.health.sampler import Sampler
from agent.health.session_words import SessionWords, will_of
from agent.health.settings import AgentSettings
from agent.health.supervisor import room_section, wants_devices
from agent.health.trains import BandwidthProbes
from agent.health.uplink import UplinkWatch
from agent.health.way_traces import WayTraces
from agent.health.way_watch import WayWatch
from agent.point import line_rate
from agent.point.desired_store import DOCUMENTS, DesiredStore
from agent.point.identity import Identity, PointFolder
from agent.point.journal import Journal
from agent.point.nudge import nudged
from agent.point.outbox import Entry, Outbox
from agent.point.schedule import unusable_relays
from agent.point.stamp import stamp
from agent.point.version import AGENT_VERSION
from contracts import codec, topics
from contracts.errors import MalformedPayload, MalformedTopic
from contracts.reports import BandwidthBody, Body, Held, RoomSection
from monitoring.collectors.disk import DiskCollector
from monitoring.collectors.registry import health_collectors
from monitoring.collectors.roots import Roots
from monitoring.listeners.line_prober import LinkProber
from runtime import notify
from runtime.bus import Bus, BusSettings, Received
from runtime.clock import Clock
from runtime.errors import BusDisconnected
from runtime.guard import guarded, keep

_log = structlog.get_logger()

DEFAULT_INTERVAL_S = 10
WATCHDOG_EVERY_S = 10.0
# A rate that is only half believed still is better than none; less is not.
MIN_TRAIN_CONFIDENCE = 0.3
MAX_SENTENCE_CHARS = 400


class AgentService:
    """Owns everything of the process. `run` ends only by being cancelled, or failing."""

    def __init__(self, settings: AgentSettings, identity: Identity, folder: PointFolder) -> None:
        self._settings = settings
        self._identity = identity
        self._folder = folder
        self._clock = Clock(folder.clock_file)
        self._started_at = self._clock.now()
        self._age_clock = AgeClock(self._clock)
        self._boot = last_end.found(folder.run_file, self._clock.boot_id, settings.sys_root)
        self._journal = Journal(Outbox(folder.outbox_file))
        stopped_at = last_end.stopped_at(folder.run_file)
        self._words = SessionWords(identity.point_id, self._journal, stopped_at)
        self._desired = DesiredStore(folder.desired_dir)
        self._desired.load()
        self._prober = LinkProber(
            is_free=self._is_line_free, is_metered=lambda: self._uplink.is_charged
        )
        self._bus = self._new_bus()
        self._way = WayWatch(settings.proc_root, self._bus, self._prober)
        self._reporter = Reporter(
            self._journal,
            self._bus,
            identity.point_id,
            may_send_backlog=lambda: may_send_backlog(
                self._room().media, self._desired.schedule, now=self._clock.now()
            ),
            contract_bps=lambda: p.contract_rate_bps if (p := self._desired.policy) else None,
            is_thrifty=lambda: self._uplink.is_thrifty,
        )
        self._sampler = self._new_sampler()
        self._trains = BandwidthProbes(
            probes=lambda: self._desired.probes,
            may_run=self._is_line_free,
            is_metered=lambda: self._uplink.is_charged,
            took=self._took_train,
            took_size=self._prober.take_size,
        )
        self._line_tests = LineTests(
            known=self._desired.test,
            probes=lambda: self._desired.probes,
            why_not=partial(hindrance, self._desired, self._room, self._clock, self._reporter),
            now=self._clock.now,
            took=self._took,
        )
        self._uplink = self._new_uplink()
        self._ways = self._new_ways()
        self._timekeeper = Timekeeper(
            self._clock,
            url=settings.controller_url or identity.controller_url,
            ca_file=folder.ca_file,
            interval_s=settings.time.check_interval_s,
        )
        self._renewer = Renewer(
            folder,
            url=settings.controller_url or identity.controller_url,
            now=self._known_now,
            renewed=lambda: self._bus.begin_anew("the certificate was renewed"),
        )
        self._has_devices = asyncio.Event()
        self._last: Entry | None = None
        self._line_rate: line_rate.LineRate | None = None

    async def run(self) -> None:
        """Run until cancelled; then say goodbye while the session still stands."""
        with guarded("renewal"):
            self._folder.finish_renewal()
        for name in self._desired.pairs():
            self._put_in_force(name)
        _log.info("agent_started", version=AGENT_VERSION, name=self._identity.name)
        parts: dict[str, Callable[[], Awaitable[None]]] = {
            "timekeeper": self._timekeeper.run,
            "bus": partial(self._after_clock, partial(self._bus.run, self._handle)),
            "way-out": self._way.run,
            "uplink": partial(self._after_clock, self._uplink.run),
            "sampler": partial(self._after_clock, self._sampler.run),
            "reporter-live": self._reporter.run_live,
            "reporter-backlog": self._reporter.run_backlog,
            "link-prober": self._prober.run,
            "trains": self._trains.run,
            "line-tests": self._line_tests.run,
            "ways": self._ways.run,
            "devices": partial(self._after_clock, self._watch_devices),
            "renewer": self._renewer.run,
            "watchdog": self._watch,
            "nudges": self._hear_nudges,
            "housekeeping": partial(
                keep_house, self._journal, self._age_clock, self._settings.outbox
            ),
        }
        async with asyncio.TaskGroup() as group:
            tasks = [keep(group, part, name=name) for name, part in parts.items()]
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                await self._words.goodbye(self._bus)
                for task in tasks:
                    task.cancel()
                self._write_run_state(is_stopped=True)  # nobody writes another after it
                self._journal.close()

    def _new_ways(self) -> WayTraces:
        return WayTraces(
            probes=lambda: self._desired.probes,
            answering=lambda: self._prober.answering,
            is_free=self._is_line_free,
            is_metered=lambda: self._uplink.is_charged,
            took=self._took,
            times_file=self._folder.traces_file,
        )

    def _new_bus(self) -> Bus:
        identity, folder = self._identity, self._folder
        return Bus(
            BusSettings(
                host=self._settings.broker_host or identity.broker_host,
                port=self._settings.broker_port or identity.broker_port,
                ca_file=folder.ca_file,
                cert_file=folder.certificate_file,
                key_file=folder.key_file,
                client_id=identity.point_id,
                queue_limit=200,
            ),
            subscriptions=[
                (topics.desired_of(identity.point_id), 1),
                (topics.live(identity.point_id).name, 1),
                (topics.held(identity.point_id).name, 0),
            ],
            on_connected=self._connected,
            on_disconnected=self._disconnected,
            will=will_of(identity.point_id),
            is_time_checked=lambda: False,
            corrected_now=self._known_now,
            keepalive_s=lambda: self._uplink.keepalive_s(),
            stood_at=last_end.stood_at(folder.run_file, identity.broker),
        )

    def _new_uplink(self) -> UplinkWatch:
        return UplinkWatch(
            point_id=self._identity.point_id,
            file=self._folder.uplink_file,
            proc=self._settings.proc_root,
            sys=self._settings.sys_root,
            clock=self._clock,
            bus=self._bus,
            spenders=(self._bus, self._prober, self._trains),
            way=lambda: self._way.interface,
            policy=lambda: self._desired.policy,
            room=lambda: self._room().media,
            sent_at_s=lambda: self._reporter.sent_at_s,
            news=self._sampler.sample_now,
        )

    def _new_sampler(self) -> Sampler:
        settings = self._settings
        roots = Roots(settings.proc_root, settings.sys_root, asked=settings.hardware_dir)
        disk = DiskCollector((settings.disk_path, settings.data_dir), proc=roots.proc)
        return Sampler(
            health_collectors(
                roots,
                self._prober,
                disk,
                centre_host=settings.broker_host or self._identity.broker_host,
                centre_at=self._bus.stood_at,
                wants_devices=lambda: wants_devices(self._room()),
            ),
            self._journal,
            self._clock,
            roots,
            intervals_s=settings.section_interval_s,
            interval_s=self._interval_s,
            room=self._room,
            uplink=lambda: self._uplink.section(),
            stored=self._stored,
            sampled=lambda body: self._ways.reported(body),  # which is made after it
            disk_bytes=lambda: disk.bytes_total,
            boot=self._boot,
        )

    def _known_now(self) -> datetime | None:
        """Return the time, if it is known: certificates are judged by nothing less."""
        return None if self._clock.state().source == "unknown" else self._clock.now()

    def _interval_s(self) -> float:
        policy = self._desired.policy
        return self._uplink.interval_s(policy.sampling_interval_s if policy else DEFAULT_INTERVAL_S)

    def _room(self) -> RoomSection:
        # The room's process stamps with the machine's clock as corrected in the same file.
        return room_section(self._folder.media_state_file, now=self._clock.now())

    def _is_line_free(self) -> bool:
        now, known = self._clock.now(), self._desired
        return may_run_train(self._room().media, known.schedule, now=now, rehearsal=known.rehearsal)

    async def _wait_for_clock(self) -> None:
        try:
            async with asyncio.timeout(self._settings.time.start_limit_s):
                await self._timekeeper.is_first_done.wait()
        except TimeoutError:
            _log.warning("clock_unknown_at_start", state=self._clock.state().source)

    async def _after_clock(self, part: Callable[[], Awaitable[None]]) -> None:
        await self._wait_for_clock()
        await part()

    async def _watch_devices(self) -> None:
        if not (port := self._settings.ups.upsd_port):
            await self._has_devices.wait()
        from agent.health import device_watch, usb_supplies  # of weight, and most points ask none

        watch = device_watch.DeviceWatch(
            self._identity.point_id,
            self._folder.key_file,
            self._clock,
            devices=lambda: self._desired.devices,
            is_metered=lambda: self._uplink.is_charged,
            is_connected=lambda: self._bus.is_connected,
            took=self._took,
        )
        await usb_supplies.UsbSupplies(port, self._clock.now).run_beside(watch)

    async def _connected(self, bus: Bus) -> None:
        if await self._words.is_born(bus):
            with guarded("journal"):  # or every session would end here, one after another
                self._reporter.connected()

    async def _disconnected(self, _: Bus) -> None:
        self._reporter.disconnected()

    async def _handle(self, received: Received) -> None:
        try:
            topic = topics.parse(received.topic)
        except MalformedTopic as exc:
            _log.warning("message_ignored", error=str(exc))
            return
        leaf = topic.leaf.removeprefix("desired/")
        if leaf == "held":
            self._take_held(received.payload)
        elif leaf in DOCUMENTS:
            await self._take_document(leaf, received.payload)

    def _take_held(self, payload: bytes) -> None:
        try:
            held = codec.decode(Held, payload)
        except MalformedPayload as exc:
            self._desired.rejected_total += 1
            _log.warning("held_rejected", error=str(exc))
            return
        self._reporter.held(held)

    async def _take_document(self, name: str, payload: bytes) -> None:
        applied = self._desired.receive(name, payload, now=self._clock.now())
        if applied is None:
            return
        if self._uplink.is_thrifty:
            self._sampler.sample_now()  # whoever sent it wants to see what comes of it
        problem = "; ".join(filter(None, (applied.problem, self._put_in_force(name))))
        applied = msgspec.structs.replace(applied, problem=problem[:MAX_SENTENCE_CHARS])
        try:
            await self._bus.publish(topics.applied(self._identity.point_id), applied)
        except BusDisconnected as exc:
            _log.info("applied_not_sent", document=name, error=str(exc))

    def _put_in_force(self, name: str) -> str:
        """Use what a document says, as far as it can be used; return what is wrong with it."""
        problems: list[str] = []
        with guarded("document", lambda exc: problems.append(repr(exc)), document=name):
            match name:
                case "schedule" if schedule := self._desired.schedule:
                    problems += unusable_relays(schedule)
                case "policy":
                    self._sampler.interval_changed()
                case "probes":
                    problems += self._prober.follow(self._desired.probes)
                case "test" if test := self._desired.test:
                    self._line_tests.take(test)
                case "devices" if (told := self._desired.devices) and told.devices:
                    self._has_devices.set()
        if problems:
            _log.warning("document_not_usable", document=name, error=problems[0])
        return "; ".join(problems)

    def _stored(self, entry: Entry) -> None:
        self._last = entry
        self._reporter.stored()
        if self._sampler.samples_total == 1:
            notify.ready()

    def _took_train(self, body: BandwidthBody) -> None:
        if body.available_bps and body.confidence_ratio >= MIN_TRAIN_CONFIDENCE:
            self._reporter.measured_bps = body.available_bps
        rate = line_rate.measured(body, self._line_rate, now=self._clock.now())
        if rate is not None:
            self._line_rate = rate
            line_rate.keep(self._folder.line_file, rate)
        self._took(body)

    def _took(self, body: Body) -> None:
        self._stored(self._journal.append(body, stamp(self._clock)))

    async def _watch(self) -> None:
        """Tell systemd that samples are being taken, only while they are; write run.json."""
        every_s = min(WATCHDOG_EVERY_S, notify.watchdog_interval_s() or WATCHDOG_EVERY_S)
        while True:
            self._age_clock.look()
            silent_s = time.monotonic() - self._sampler.last_sample_s
            if silent_s < max(3 * self._interval_s(), 30.0):
                notify.watchdog()
            self._write_run_state()
            await asyncio.sleep(every_s)

    def _write_run_state(self, *, is_stopped: bool = False) -> None:
        state = run_state.RunState(
            pid=run_state.own_pid(),
            started_at=self._started_at,
            written_at=self._clock.now(),
            version=AGENT_VERSION,
            broker=self._identity.broker,
            is_connected=self._bus.is_connected,
            no_session=self._bus.why_none.name if self._bus.why_none else "",
            samples_total=self._sampler.samples_total,
            last_outbox_id=self._last.outbox_id if self._last else "",
            last_seq=self._last.seq if self._last else 0,
            reports_sent_total=self._reporter.sent_total,
            rejected_documents_total=self._desired.rejected_total,
            reports_in_memory=self._journal.in_memory,
            outbox_problem=self._journal.problem[:400],
            boot_id=self._clock.boot_id,
            boot=self._boot,
            is_stopped=is_stopped,
            stood_at=self._bus.stood_at(),
        )
        run_state.write(self._folder.run_file, state)

    async def _hear_nudges(self) -> None:
        with nudged(self._folder.nudge_fifo, self._reporter.stored):
            await asyncio.get_running_loop().create_future()
