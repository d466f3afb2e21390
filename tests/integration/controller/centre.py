"""An installation made the real way, and the application over it, for tests of the centre."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import httpx
import msgspec
from argon2 import PasswordHasher

from controller import installation as installing
from controller.clock import WatchedClock
from controller.db.engine import open_engine, writing
from controller.dispatch.changes import Changes
from controller.enrolment import pki
from controller.enrolment.desk import Desk
from controller.meetings.attendance import Attendance
from controller.people import people_queries, web_sessions
from controller.places import service as places
from controller.relays.service import outer_ids
from controller.roles import Role
from controller.service import open_databases
from controller.settings import (
    BrokerSettings,
    ControllerSettings,
    IngestSettings,
    KnownRelay,
    ReflectorAddress,
    WebSettings,
)
from controller.web import csrf
from controller.web.app import create_app
from controller.web.deps import Web
from controller.web.live import Hub
from controller.web.metrics import WebMetrics
from controller.web.signed_in import COOKIE
from controller.wiring import wired
from tests.fakes import postgresql
from tests.fakes.mosquitto import free_port
from tests.waiting import until

PASSWORD = "mat-khau-thu"
PLACES = """what,unit_id,parent_id,point_id,name,owner
unit,tinh,,,Tỉnh Thử,people_committee
unit,xa-b,tinh,,Xã B,people_committee
unit,xa-c,tinh,,Xã C,council
point,tinh,,p-chair,Văn phòng UBND tỉnh,people_committee
point,xa-b,,p-b,Xã B,people_committee
point,xa-c,,p-c,Xã C,council
"""


@dataclass(frozen=True, slots=True)
class Installation:
    """A data folder and the settings that name it."""

    settings: ControllerSettings

    @classmethod
    def make(cls, folder: Path) -> "Installation":
        """Make one with places and one person of each role (admin, office, viewer)."""
        settings = ControllerSettings(
            data_dir=folder / "data",
            public_hosts=("127.0.0.1", "localhost"),
            relays=(KnownRelay(url="https://127.0.0.1:8444"),),
            broker=BrokerSettings(bind="127.0.0.1"),
            reflector=ReflectorAddress(host="127.0.0.1"),
        )
        now = datetime.now(UTC)
        installing.initialise(settings, now=now)
        seed(settings)
        return cls(settings)

    def on(self, server: postgresql.Server) -> "Installation":
        """Return the same over two new databases of a PostgreSQL server."""
        made = self.over(server.new_database(), server.new_database())
        installing.migrate(made.settings)
        seed(made.settings)
        return made

    def over(self, state_url: str, series_url: str) -> "Installation":
        """Return the same over other databases."""
        urls = {"state_url": state_url, "series_url": series_url}
        return Installation(msgspec.structs.replace(self.settings, **urls))

    def copy(self, folder: Path) -> "Installation":
        """Return an own copy, with free ports."""
        shutil.copytree(self.settings.data_dir, folder / "data")
        ports = [free_port() for _ in range(4)]
        settings = msgspec.structs.replace(
            self.settings,
            data_dir=folder / "data",
            web=WebSettings(bind="127.0.0.1", https_port=ports[0], http_port=ports[1]),
            broker=BrokerSettings(bind="127.0.0.1", port=ports[2]),
            ingest=IngestSettings(metrics_port=ports[3]),
        )
        return Installation(settings)

    def write_config(self) -> Path:
        """Write the settings as a file for the command line; return it."""
        settings = self.settings
        path = settings.data_dir.parent / "controller.toml"
        urls = {"state_url": settings.state_url, "series_url": settings.series_url}
        path.write_text(
            "".join(f'{key} = "{url}"\n' for key, url in urls.items() if url)
            + 'data_dir = "data"\npublic_hosts = ["127.0.0.1", "localhost"]\n'
            + "".join(map(_listed, settings.relays))
            + f"[spreading]\none_relay_up_to = {settings.spreading.one_relay_up_to}\n"
            f'[web]\nbind = "127.0.0.1"\nhttps_port = {settings.web.https_port}\n'
            f"http_port = {settings.web.http_port}\n"
            f'[broker]\nbind = "127.0.0.1"\nport = {settings.broker.port}\n'
            f'[reflector]\nhost = "127.0.0.1"\n'
            f"[ingest]\nmetrics_port = {settings.ingest.metrics_port}\n"
        )
        return path


def _listed(relay: KnownRelay) -> str:
    home = f'home = "{relay.home}"\n' if relay.home else ""
    units = "".join(f'"{one}", ' for one in relay.serves)
    serves = f"serves = [{units}]\n" if units else ""
    return f'[[relays]]\nrelay_id = "{relay.relay_id}"\nurl = "{relay.url}"\n{home}{serves}'


def seed(settings: ControllerSettings) -> None:
    """Fill a new state database with the places, and one person of each role."""
    now = datetime.now(UTC)
    engine = open_engine(settings.state_database_url)
    places.import_file(engine, PLACES.encode(), now=now - timedelta(days=1))
    with writing(engine) as session:
        for role in Role:
            people_queries.add_user(
                session,
                role.value,
                display_name="",
                password_hash=password_hash(),
                role=role,
                now=now,
            )
    engine.dispose()


@lru_cache(maxsize=1)
def password_hash() -> str:
    """Return the hash of everybody's password, which is quick to check as it says itself."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@dataclass(slots=True)
class Time:
    """A clock that tests set; runs with real time otherwise."""

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """Return the time."""
        return datetime.now(UTC) + self.offset


@dataclass(slots=True)
class Person:
    """A signed-in person's browser, as far as the API goes."""

    client: httpx.AsyncClient
    csrf_token: str

    async def get(self, path: str, **parameters: str) -> httpx.Response:
        """Ask."""
        return await self.client.get(path, params=parameters)

    async def post(self, path: str, body: object = None) -> httpx.Response:
        """Change something."""
        return await self.client.post(path, json=body, headers={"x-csrf-token": self.csrf_token})

    async def put(self, path: str, body: object) -> httpx.Response:
        """Replace something."""
        return await self.client.put(path, json=body, headers={"x-csrf-token": self.csrf_token})


@dataclass(slots=True)
class BrokerSession:
    """What the application is told of its session with a broker; there is none."""

    is_connected: bool = False


@dataclass(slots=True)
class Centre:
    """The application, its parts and a clock."""

    web: Web
    time: Time
    transport: httpx.ASGITransport
    broker: BrokerSession
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def client(self, address: str = "127.0.0.1") -> httpx.AsyncClient:
        """Return a new browser without cookies."""
        transport = httpx.ASGITransport(self.transport.app, client=(address, 123))
        client = httpx.AsyncClient(transport=transport, base_url="https://centre.test")
        self.clients.append(client)
        return client

    async def sign_in(self, role: Role = Role.OFFICE) -> Person:
        """Return a browser in which the person of this role is signed in."""
        web, client = self.web, self.client()
        token = web_sessions.begin_session(web.state, web.settings.web, role.value, now=web.now())
        client.cookies.set(COOKIE.https_name, token)
        return Person(client, csrf.token_for(token))


@asynccontextmanager
async def serving(installation: Installation) -> AsyncIterator[Centre]:
    """Give the application over an installation, without ports and without a broker."""
    databases = open_databases(installation.settings)
    hub, time, broker = Hub(), Time(), BrokerSession()
    clock = WatchedClock(wall=time.now, is_synchronised=lambda: True)
    authority = pki.load_authority(installation.settings.pki_dir)
    desk = Desk(installation.settings, databases.state, authority, clock.now)
    web = wired(
        installation.settings,
        databases.state,
        databases.series,
        clock=clock,
        hub=hub,
        changes=Changes(asyncio.get_running_loop(), hub),
        attendance=Attendance(outer_ids(installation.settings)),
        metrics=WebMetrics(),
        is_bus_connected=lambda: broker.is_connected,
        desk=desk.answer,
    )
    transport = httpx.ASGITransport(create_app(web), raise_app_exceptions=True)
    centre = Centre(web, time, transport, broker)
    try:
        yield centre
    finally:
        for client in centre.clients:
            await client.aclose()
        databases.state.dispose()
        databases.series.dispose()


def meeting_body(time: Time, **changed: object) -> dict[str, object]:
    """Return a meeting for the API: p-chair with p-b and p-c, in an hour, for an hour."""
    begins_at = time.now() + timedelta(hours=1)
    body: dict[str, object] = {
        "classification": "normal",
        "title": "Giao ban tháng 11",
        "chair_point_id": "p-chair",
        "point_ids": ["p-b", "p-c"],
        "begins_at": begins_at.isoformat(),
        "ends_at": (begins_at + timedelta(hours=1)).isoformat(),
    }
    return body | changed


@dataclass(slots=True)
class WebProcess:
    """A real `diemcau-controller web`, killed and started at will; enrolment beside it."""

    installation: Installation
    config: Path
    process: asyncio.subprocess.Process | None = None
    enrolment: asyncio.subprocess.Process | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        """Where its loopback port answers."""
        return f"http://127.0.0.1:{self.installation.settings.web.http_port}"

    @property
    def log(self) -> str:
        """What it has written to stderr so far, over all its starts."""
        return self._log_path.read_text()

    @property
    def _log_path(self) -> Path:
        return self.config.with_name("web.log")

    async def start(self) -> None:
        """Start it; returns once it serves."""
        if self.enrolment is None:
            self.enrolment = await self._run("enrolment")
        self.process = await self._run("web")
        await until(self._is_serving, timeout_s=60, what="the web process serves")

    async def _run(self, name: str) -> asyncio.subprocess.Process:
        with self._log_path.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "controller",
                name,
                "--config",
                str(self.config),
                stderr=log,
                env=os.environ | self.environment,
                cwd=Path(__file__).parents[3],
            )

    async def command(self, *arguments: str) -> str:
        """Run `diemcau-controller` beside it; return what it says."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "controller",
            *arguments,
            "--config",
            str(self.config),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=Path(__file__).parents[3],
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()
        return said.decode()

    async def kill(self) -> None:
        """End it at once."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Ask it to end; return its exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        process, self.process = self.process, None
        if process.returncode is None:
            os.kill(process.pid, how)
        return await process.wait()

    async def _is_serving(self) -> bool:
        assert self.process is not None
        assert self.process.returncode is None, self.log
        async with httpx.AsyncClient() as client:
            try:
                return (await client.get(f"{self.base_url}/healthz")).status_code == 200
            except httpx.TransportError:
                return False


@asynccontextmanager
async def web_process(
    installation: Installation, environment: dict[str, str] | None = None
) -> AsyncIterator[WebProcess]:
    """Run the real web process until the block ends."""
    config = installation.write_config()
    process = WebProcess(installation, config, environment=environment or {})
    try:
        await process.start()
        yield process
    finally:
        await process.kill()
        if process.enrolment is not None:
            with suppress(ProcessLookupError):
                process.enrolment.kill()
            await process.enrolment.wait()
