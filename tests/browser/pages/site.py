"""The real application with a real port, in a thread of its own; tests drive a browser at it."""

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from contracts.ids import RelayId
from controller import installation as installing
from controller.clock import WatchedClock
from controller.db.engine import writing
from controller.dispatch.changes import Changes
from controller.enrolment import pki
from controller.enrolment.desk import Desk
from controller.meetings.attendance import Attendance
from controller.people import people_queries
from controller.places import service as places
from controller.roles import Role
from controller.service import Databases, open_databases
from controller.settings import ControllerSettings, KnownRelay
from controller.web.app import create_app
from controller.web.deps import Web
from controller.web.live import Data, Hub
from controller.web.metrics import WebMetrics
from controller.wiring import wired
from runtime import http
from tests.browser.pages import seed
from tests.fakes.mosquitto import free_port
from tests.integration.controller.centre import PASSWORD as PASSWORD
from tests.integration.controller.centre import password_hash

NAMES = {Role.ADMIN: "Trần Đức Long", Role.OFFICE: "Lê Thu Hà", Role.VIEWER: "Phạm Thị Mai"}
RELAY_ID = RelayId("relay-1")


@dataclass(slots=True)
class Site:
    """The running application."""

    url: str
    web: Web
    loop: asyncio.AbstractEventLoop

    def publish(self, kind: str, data: Data) -> None:
        """Say something on the event stream."""
        self.loop.call_soon_threadsafe(self.web.hub.publish, kind, data)


def make_installation(folder: Path, *, relay_url: str = "") -> ControllerSettings:
    """Make keys and databases; nobody may sign in yet, and there are no points."""
    settings = _settings(folder, relay_url or f"https://127.0.0.1:{free_port()}")
    shutil.copytree(_settings(Path(_model().name)).data_dir, settings.data_dir)
    return settings


def _settings(folder: Path, relay_url: str = "https://127.0.0.1:8444") -> ControllerSettings:
    return ControllerSettings(
        data_dir=folder / "data",
        public_hosts=("127.0.0.1",),
        relays=(KnownRelay(url=relay_url),),
    )


@cache
def _model() -> "tempfile.TemporaryDirectory[str]":
    """Return an installation to copy: databases are brought to their newest form once."""
    folder = tempfile.TemporaryDirectory(prefix="dc-site-")
    installing.initialise(_settings(Path(folder.name)), now=datetime.now(UTC))
    return folder


def populate(databases: Databases, now: datetime) -> None:
    """Write the province of seed.py, and one person of each role."""
    imported_at = now - timedelta(days=60)
    places.import_file(databases.state, seed.PLACES.encode(), now=imported_at)
    with writing(databases.state) as session:
        for role, name in NAMES.items():
            people_queries.add_user(
                session,
                role.value,
                display_name=name,
                password_hash=password_hash(),
                role=role,
                now=imported_at,
            )
    seed.seed_state(databases.state, now)
    ids = [line.split(",")[3] for line in seed.PLACES.splitlines() if line.startswith("point")]
    seed.seed_series(databases.series, now, ids)


@contextmanager
def running(settings: ControllerSettings, *, is_populated: bool = True) -> Iterator[Site]:
    """Serve the pages on a free port of the loopback until the block ends."""
    databases = open_databases(settings)
    now = datetime.now(UTC)
    if is_populated:
        populate(databases, now)
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    port = free_port()
    hub, attendance, clock = Hub(), Attendance(), WatchedClock(is_synchronised=lambda: True)
    authority = pki.load_authority(settings.pki_dir)
    if is_populated:
        attendance.note_state(RELAY_ID, seed.attendance(now))
        attendance.set_online(RELAY_ID, is_online=True)
    web = wired(
        settings,
        databases.state,
        databases.series,
        clock=clock,
        hub=hub,
        changes=Changes(loop, hub),
        attendance=attendance,
        metrics=WebMetrics(),
        is_bus_connected=lambda: True,
        desk=Desk(settings, databases.state, authority, clock.now).answer,
    )
    stopped = asyncio.Event()

    async def serve() -> None:
        is_ready = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            server = group.create_task(
                http.serve(create_app(web), "127.0.0.1", port, is_ready=is_ready)
            )
            await is_ready.wait()
            ready.set()
            await stopped.wait()
            hub.close()
            server.cancel()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(20), "the pages are not served"
    try:
        yield Site(f"http://127.0.0.1:{port}", web, loop)
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(15)
        loop.close()
        databases.state.dispose()
        databases.series.dispose()
