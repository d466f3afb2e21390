"""Ingest as its own process beside a real Mosquitto, and points that speak to it."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import Session

from contracts import codec, topics
from contracts.centre import ChangeNotice
from contracts.ids import PointId, RelayId
from contracts.ranges import RangeSet
from contracts.relay import RelayState
from contracts.reports import Body, Held, PointStatus, Report
from controller.db.engine import open_engine, writing
from controller.db.migrate import upgrade
from controller.places.tables import Point, Unit
from runtime.bus import Bus, BusSettings, Received, Will
from runtime.errors import BusDisconnected
from tests.fakes.mosquitto import Broker
from tests.integration.ingest.reports import BOOT, NTP, health
from tests.waiting import until

PROJECT = Path(__file__).parents[3]
SILENCE_S = 3
"""The shortest limit ingest takes; the rules are the same as with 25."""


def _client(broker: Broker, name: str, *, expiry_s: int = 0) -> BusSettings:
    issued = broker.cert(name)
    return BusSettings(
        host=broker.host,
        port=broker.port,
        ca_file=broker.ca,
        cert_file=issued.certificate_file,
        key_file=issued.key_file,
        client_id=name,
        session_expiry_s=expiry_s,
    )


def add_points(url: str, names: Iterable[PointId]) -> None:
    """Write points, and the unit they belong to, into a migrated state database."""
    engine = open_engine(url, durability="FULL")
    since = datetime(2026, 1, 1, tzinfo=UTC)
    with writing(engine) as session:
        _add_unit(session, since)
        for number, name in enumerate(names, start=1):
            session.add(
                Point(
                    point_id=name,
                    number=number,
                    unit_id="tinh",
                    name=name,
                    owner="people_committee",
                    valid_from=since,
                )
            )
    engine.dispose()


def _add_unit(session: Session, since: datetime) -> None:
    session.add(Unit(unit_id="tinh", name="Tỉnh", owner="people_committee", valid_from=since))
    session.flush()


@cache
def _migrated() -> "tempfile.TemporaryDirectory[str]":
    """Return a folder with a migrated state database to copy."""
    folder = tempfile.TemporaryDirectory(prefix="dc-state-")
    engine = open_engine(f"sqlite:///{folder.name}/state.db")
    upgrade(engine, "state")
    engine.dispose()
    return folder


class IngestProcess:
    """`diemcau-controller ingest` on a folder of its own."""

    def __init__(
        self,
        folder: Path,
        broker: Broker,
        series_url: str,
        points: Iterable[PointId],
        *,
        silence_s: int = SILENCE_S,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self._environment = environment or {}
        self.series_url = series_url
        self._process: subprocess.Popen[bytes] | None = None
        pki = folder / "pki"
        pki.mkdir(parents=True)
        issued = broker.cert("centre-ingest")
        shutil.copy(broker.ca, pki / "ca.crt")
        shutil.copy(issued.certificate_file, pki / "centre-ingest.crt")
        shutil.copy(issued.key_file, pki / "centre-ingest.key")
        self.config = folder / "controller.toml"
        self.config.write_text(
            f'data_dir = "."\npublic_hosts = ["localhost"]\nseries_url = "{series_url}"\n'
            '[[relays]]\nrelay_id = "relay-1"\nurl = "https://localhost:8444"\n'
            f'[broker]\nhost = "{broker.host}"\nport = {broker.port}\n'
            f"[ingest]\nsilence_limit_s = {silence_s}\nmetrics_port = 0\n"
        )
        for name in ("state", "series"):
            (folder / "db" / name).mkdir(parents=True)
        state_file = folder / "db" / "state" / "state.db"
        shutil.copy(Path(_migrated().name) / "state.db", state_file)
        add_points(f"sqlite:///{state_file}", points)

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process' number; 0 where it does not run."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start it."""
        with (self.folder / "ingest.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "controller", "ingest", "--config", str(self.config)],
                cwd=PROJECT,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **self._environment},
            )

    async def started(self) -> None:
        """Start it and wait until it listens."""
        count = len(self.events("bus_connected"))
        self.start()
        await until(lambda: len(self.events("bus_connected")) > count, 60, "ingest listens")

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it and return its exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(how)
        return process.wait(timeout=15)

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return the log's lines of one event."""
        path = self.folder / "ingest.log"
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        parsed = (json.loads(line) for line in lines if line.startswith("{"))
        return [line for line in parsed if line.get("event") == name]


@dataclass
class SimulatedPoint:
    """A point as the contract has it: an outbox, birth and will, and the sending of what lacks."""

    broker: Broker
    name: PointId
    outbox_id: str = "outbox-0001"
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    outbox: dict[int, Report] = field(default_factory=dict)
    held: RangeSet = field(default_factory=RangeSet)
    statements: list[Held] = field(default_factory=list)

    def __post_init__(self) -> None:
        birth_or_will = topics.point_status(self.name)
        self.bus = Bus(
            _client(self.broker, self.name),
            subscriptions=[(topics.held(self.name).name, 0)],
            on_connected=self._born,
            will=Will(birth_or_will, PointStatus(is_online=False)),
        )

    async def _born(self, bus: Bus) -> None:
        status = PointStatus(is_online=True, outbox_id=self.outbox_id)
        await bus.publish(topics.point_status(self.name), status)

    async def handle(self, received: Received) -> None:
        """Take a statement and send what it says is missing."""
        statement = codec.decode(Held, received.payload)
        if statement.outbox_id != self.outbox_id:
            return
        self.statements.append(statement)
        self.held = RangeSet(statement.ranges)
        for seq in sorted(self.outbox, reverse=True):
            if seq >= statement.complete_from and seq not in self.held:
                await self.try_send(self.outbox[seq])

    def measure(self, body: Body | None = None, at: datetime | None = None) -> Report:
        """Measure once and keep it."""
        now = datetime.now(UTC) if at is None else at
        seq = len(self.outbox) + 1
        self.outbox[seq] = Report(
            outbox_id=self.outbox_id,
            seq=seq,
            measured_at=now,
            boot_id=BOOT,
            monotonic_ms=max(0, int((now - self.started_at) / timedelta(milliseconds=1)) + 60_000),
            clock=NTP,
            body=health(seq, interfaces=()) if body is None else body,
        )
        return self.outbox[seq]

    async def report(self, body: Body | None = None, at: datetime | None = None) -> Report:
        """Measure once and send it."""
        report = self.measure(body, at)
        await self._send(report)
        return report

    @property
    def is_settled(self) -> bool:
        """Whether the centre has said that it holds everything."""
        return all(seq in self.held for seq in self.outbox)

    async def try_send(self, report: Report) -> None:
        """Send one report; where that fails it stays in the outbox."""
        with suppress(BusDisconnected):
            await self._send(report)

    async def _send(self, report: Report) -> None:
        await self.bus.publish(topics.report(self.name), report)


@asynccontextmanager
async def connected(bus: Bus, handle: Any) -> AsyncIterator[None]:
    """Keep a session until the block ends."""
    task = asyncio.create_task(bus.run(handle), name="test-bus")
    try:
        await until(lambda: bus.is_connected or task.done(), 10, "the session is there")
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


@asynccontextmanager
async def living(point: SimulatedPoint) -> AsyncIterator[SimulatedPoint]:
    """Keep a point connected until the block ends; then its session breaks off, will and all."""
    async with connected(point.bus, point.handle):
        yield point


@asynccontextmanager
async def beating(points: list[SimulatedPoint], every_s: float = 0.5) -> AsyncIterator[None]:
    """Have points measure and send until the block ends; what cannot be sent they keep."""
    is_over = asyncio.Event()

    async def beat() -> None:
        while not is_over.is_set():
            for point in points:
                report = point.measure()
                if point.bus.is_connected:
                    await point.try_send(report)
            with suppress(TimeoutError):
                async with asyncio.timeout(every_s):
                    await is_over.wait()

    task = asyncio.create_task(beat(), name="beating")
    try:
        yield
    finally:
        is_over.set()
        await task


@contextmanager
def session_with_will(broker: Broker, name: PointId) -> Iterator[subprocess.Popen[bytes]]:
    """Give a client that publishes each line as a report; killed, it leaves its will."""
    issued = broker.cert(name)
    status = topics.point_status(name).name
    process = subprocess.Popen(
        ["mosquitto_pub", "-h", broker.host, "-p", str(broker.port), "-V", "5", "-i", name,
         "--cafile", str(broker.ca), "--cert", str(issued.certificate_file),
         "--key", str(issued.key_file), "-q", "1", "-t", topics.report(name).name, "-l",
         "--will-topic", status, "--will-retain", "--will-qos", "1",
         "--will-payload", codec.encode(PointStatus(is_online=False)).decode()],
        stdin=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


class Watcher:
    """The web process's ear: every notice with the time it came."""

    def __init__(self, broker: Broker) -> None:
        self.notices: list[tuple[datetime, ChangeNotice]] = []
        self.has_come = asyncio.Event()
        self.bus = Bus(_client(broker, "centre-web"), subscriptions=[(topics.change().name, 0)])

    async def handle(self, received: Received) -> None:
        """Keep a notice."""
        notice = codec.decode(ChangeNotice, received.payload)
        self.notices.append((datetime.now(UTC), notice))
        if notice.kind == "report":
            self.has_come.set()


class FakeRelay:
    """A relay that says what it holds."""

    def __init__(self, broker: Broker) -> None:
        self.bus = Bus(_client(broker, "relay-1"))

    async def handle(self, _: Received) -> None:
        """It is told nothing here."""
        raise AssertionError("nothing is subscribed")

    async def say(self, state: RelayState) -> None:
        """Publish the relay's state."""
        await self.bus.publish(topics.relay_state(RelayId("relay-1")), state)


@contextmanager
def running(process: IngestProcess) -> Iterator[IngestProcess]:
    """End the process with the block, whatever happens in it."""
    try:
        yield process
    finally:
        process.end()
