"""The web process: pages, API, dispatch, scheduler; and the order in which it ends."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from fastapi import FastAPI
from sqlalchemy import Engine

from controller import retention
from controller.audit.service import AuditLog
from controller.centre import hearing
from controller.centre.watch import CentreWatch, LastCentreLook
from controller.clock import WatchedClock
from controller.db.engine import open_engine, reading, writing
from controller.db.migrate import upgrade
from controller.dispatch import document_queries
from controller.dispatch.changes import Changes
from controller.dispatch.planning import MeetingPlanner, PointPlanner
from controller.dispatch.service import LaneRunner, Voice, look_again
from controller.enrolment import pki
from controller.enrolment.endings import Endings
from controller.enrolment.signing import Signatures, by_socket
from controller.errors import StorageError
from controller.health import service as health
from controller.heard.watch import HeardWatch
from controller.incidents import courier
from controller.incidents.channels import AlertChannels
from controller.incidents.duty.escalation import EscalationWatch
from controller.incidents.logbook import Logbook
from controller.incidents.postman import Postman
from controller.incidents.replies.mailbox import AlertMailboxes
from controller.incidents.replies.taking_by_reply import Replies
from controller.incidents.replies.watch import ReplyWatch
from controller.incidents.telling_clock import TellingClock
from controller.incidents.watch import IncidentWatch
from controller.line_tests.service import LineTestDesk
from controller.line_tests.watch import LineTestWatch
from controller.mail.mailer import Mailer
from controller.mail.server import MailServers
from controller.meetings.after.keeper import RecordDesk, RecordKeeper
from controller.meetings.attendance import Attendance
from controller.meetings.holds.desk import ApprovalDesk
from controller.meetings.holds.watch import HoldWatch
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.relay_events import SUBSCRIPTIONS, RelayEvents
from controller.meetings.scheduler import Scheduler
from controller.places.changing import TreeDesk
from controller.places.watch import TreeWatch
from controller.recordings.disk import ShelfDisk
from controller.recordings.service import LastLook, Shelf
from controller.recordings.watch import RecordingWatch
from controller.rehearsals.service import RehearsalDesk
from controller.rehearsals.watch import RehearsalWatch
from controller.relays.service import outer_ids
from controller.relays.watch import RelayWatch
from controller.settings import ControllerSettings
from controller.web.app import create_app
from controller.web.live import Hub
from controller.web.metrics import WebMetrics
from controller.web.names import page_origins
from controller.wiring import wired
from runtime import http, memory, notify
from runtime.bus import Bus
from runtime.guard import keep

_log = structlog.get_logger()

LOOPBACK = "127.0.0.1"
LEAD_RETRY_S = 2.0


@dataclass(frozen=True, slots=True)
class Databases:
    """Both databases, at their newest form."""

    state: Engine
    series: Engine


def open_databases(settings: ControllerSettings) -> Databases:
    """Open and migrate both databases. Runs before the loop does.

    Raises:
        StorageError: one cannot be reached or written.
    """
    state = open_engine(settings.state_database_url, durability="FULL")
    series = open_engine(settings.series_database_url)
    upgrade(state, "state")
    upgrade(series, "series")
    return Databases(state, series)


class WebProcess:
    """The parts of the web process, wired; decides nothing."""

    def __init__(self, settings: ControllerSettings, databases: Databases) -> None:
        """Make the parts, within a running loop.

        Raises:
            InstallationError: keys or certificates are missing.
        """
        self._settings = settings
        self._databases = databases
        clock = WatchedClock(newest=_newest(databases.series))
        self._hub, metrics = Hub(), WebMetrics()
        self._changes = Changes(asyncio.get_running_loop(), self._hub)
        attendance = Attendance(outer_ids(settings))
        self._events = RelayEvents(
            databases.state,
            frozenset(relay.relay_id for relay in settings.relays),
            attendance=attendance,
            changes=self._changes,
            hub=self._hub,
            metrics=metrics,
            clock=clock,
            audit=AuditLog(databases.state, clock.now),
        )
        self._bus = Bus(
            settings.bus("centre-web"),
            subscriptions=(*SUBSCRIPTIONS, *hearing.SUBSCRIPTIONS),
            on_connected=self._say_everything,
        )
        self._web = wired(
            settings,
            databases.state,
            databases.series,
            clock=clock,
            hub=self._hub,
            changes=self._changes,
            attendance=attendance,
            metrics=metrics,
            is_bus_connected=lambda: self._bus.is_connected,
            desk=by_socket(settings.data_dir),
        )
        signatures = self._web.part(Signatures)
        self._endings = Endings(settings, databases.state, signatures, self._changes, clock.now)
        self._link = page_origins(settings)[0]
        self._probe_key = pki.load_probe_key(settings.pki_dir)
        self._leading = asyncio.Lock()
        self._led: Voice | None = None

    async def _voice(self) -> Voice:
        """Return who speaks for this start, once it leads: as soon as that can be written."""
        async with self._leading:
            while self._led is None:
                try:
                    self._led = await asyncio.to_thread(self._lead)
                except StorageError as exc:
                    _log.error("leadership_not_taken", error=str(exc))
                    await asyncio.sleep(LEAD_RETRY_S)
            return self._led

    def _lead(self) -> Voice:
        web = self._web
        with writing(web.state) as session:
            leader_epoch = document_queries.take_leadership(session, now=web.now())
        _log.info("controller_started", leader_epoch=leader_epoch)
        return Voice(web.state, web.metrics, web.part(WatchedClock), leader_epoch)

    async def _dispatch_meetings(self) -> None:
        planner = MeetingPlanner(
            self._settings,
            self._web.part(Attendance).speakers,
            self._web.part(Attendance).people,
        )
        runner = LaneRunner(self._changes.meetings, planner, await self._voice())
        await runner.run(self._bus)

    async def _dispatch_points(self) -> None:
        planner = PointPlanner(self._settings, self._probe_key)
        runner = LaneRunner(self._changes.points, planner, await self._voice())
        await runner.run(self._bus)

    def _telling(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """Return the parts that look what is wrong, and tell people of it."""
        web, clock = self._web, TellingClock(self._web.now)
        now, doubt = clock.now, web.part(WatchedClock).doubt
        return {
            "incidents": IncidentWatch(
                web.state,
                web.series,
                self._hub,
                now,
                self._link,
                self._settings.office.as_rule(),
                clock,
            ).run,
            "escalation": EscalationWatch(
                web.state, web.series, self._hub, now, self._link, doubt
            ).run,
            "logbook": Logbook(web.state, web.series, self._hub, now, self._link).run,
            "alerts": Postman(
                web.state,
                web.part(AlertChannels),
                self._hub,
                now,
                self._link,
                courier.deliver,
                clock=clock,
                doubt=doubt,
            ).run,
            "mail": Mailer(web.state, web.part(MailServers), self._hub, web.now, doubt=doubt).run,
            "replies": ReplyWatch(
                web.state,
                web.part(AlertMailboxes),
                Replies(web.state, self._probe_key, now, self._link),
                web.part(AuditLog),
                self._hub,
                now,
            ).run,
        }

    def _tried_by_points(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """Return the parts that have points try something."""
        web, doubt = self._web, self._web.part(WatchedClock).doubt
        return {
            "line-tests": LineTestWatch(
                web.part(LineTestDesk),
                self._hub,
                doubt=doubt,
                is_bus_connected=web.is_bus_connected,
            ).run,
            "rehearsals": RehearsalWatch(
                web.part(RehearsalDesk),
                self._hub,
                doubt=doubt,
                is_bus_connected=web.is_bus_connected,
            ).run,
        }

    def _centre_watch(self) -> CentreWatch:
        web = self._web
        clock, last = web.part(WatchedClock), web.part(LastCentreLook)
        return CentreWatch(
            self._settings, web.state, web.series, self._hub, clock, last, self._bus.publish
        )

    def _heard_watch(self) -> HeardWatch:
        web, allowed = self._web, self._settings.uninterrupted.allowed_min
        doubt, keep = web.part(WatchedClock).doubt, self._settings.retention.meeting_log_age
        return HeardWatch(web.state, web.series, self._hub, web.now, allowed, doubt, keep)

    async def run(self) -> None:
        """Run until cancelled.

        Raises:
            PortInUse: another program listens on one of our ports (in a group).
        """
        web, bus, clock = self._web, self._bus, self._web.part(WatchedClock)
        centre = self._centre_watch()
        try:
            async with asyncio.TaskGroup() as group:
                app = create_app(web)
                parts: dict[str, Callable[[], Awaitable[None]]] = {
                    "http": partial(_serve_http, self._settings, app, self._hub),
                    "bus": partial(bus.run, centre.taking(self._events.handle)),
                    "relay-events": self._events.run,
                    "dispatch:meetings": self._dispatch_meetings,
                    "dispatch:points": self._dispatch_points,
                    "look-again": partial(look_again, self._changes, web.state, bus, clock),
                    "endings": self._endings.run,
                    "tree": TreeWatch(web.part(TreeDesk), self._changes).run,
                    "retention": partial(retention.run, self._settings, web.state, clock),
                    "recordings": RecordingWatch(
                        web.part(Shelf),
                        web.part(ShelfDisk),
                        web.part(LastLook),
                        web.state,
                        self._hub,
                        clock.now,
                        web.part(Attendance).forwarded,
                    ).run,
                    "relays": RelayWatch(
                        self._settings,
                        web.state,
                        web.series,
                        web.part(Attendance),
                        self._changes,
                        self._hub,
                        web.is_bus_connected,
                        clock.now,
                    ).run,
                    **self._telling(),
                    "meeting-records": RecordKeeper(
                        web.part(RecordDesk), self._hub, doubt=clock.doubt
                    ).run,
                    **self._tried_by_points(),
                    "room-holds": HoldWatch(web.part(ApprovalDesk), self._hub, clock.doubt).run,
                    "centre": centre.run,
                    "centre-checks": centre.run_checks,
                    "heard": self._heard_watch().run,
                    "scheduler": Scheduler(web.part(Lifecycle), clock).run,
                }
                for name, part in parts.items():
                    keep(group, part, name=name)
        finally:
            self._databases.state.dispose()
            self._databases.series.dispose()
            _log.info("controller_stopped")

    async def _say_everything(self, _bus: Bus) -> None:
        """The broker may have lost what it kept."""
        self._changes.note_everything(is_forced=True)


def _newest(series: Engine) -> datetime | None:
    try:
        with reading(series) as session:
            return health.newest_data(session)
    except StorageError as exc:
        _log.warning("newest_data_unread", error=str(exc))
        return None


async def serve(settings: ControllerSettings, databases: Databases) -> None:
    """Run the web process until it is cancelled."""
    await WebProcess(settings, databases).run()


async def _serve_http(settings: ControllerSettings, app: FastAPI, hub: Hub) -> None:
    """Serve HTTPS for the network and HTTP for this machine; say ready once both do."""
    web, pki_dir = settings.web, settings.pki_dir
    certificate = (pki_dir / "server.crt", pki_dir / "server.key")
    https_ready, http_ready = asyncio.Event(), asyncio.Event()
    try:
        async with asyncio.TaskGroup() as group:
            serve = partial(http.serve, app, trusted_proxies=frozenset(web.trusted_proxies))
            https = partial(serve, web.bind, web.https_port, tls=certificate, is_ready=https_ready)
            loopback = partial(serve, LOOPBACK, web.http_port, is_ready=http_ready)
            keep(group, https, name="https")
            keep(group, loopback, name="http:loopback")
            await https_ready.wait()
            await http_ready.wait()
            memory.settle()  # else a page waits, now and then, until all of this was gone through
            notify.ready()
            _log.info("serving", https_port=web.https_port, http_port=web.http_port)
            await _until_cancelled(hub)
    finally:
        hub.close()


async def _until_cancelled(hub: Hub) -> None:
    """End the event streams first, so that the servers need not wait for them."""
    try:
        await asyncio.Event().wait()
    finally:
        hub.close()
