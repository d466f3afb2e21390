"""Points as they really send, beside a real ingest, and what an outage of it makes them send."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from agent.health.reporter import Reporter
from agent.point.journal import Journal
from agent.point.outbox import Outbox
from agent.point.stamp import Stamp
from contracts import codec, topics
from contracts.ids import PointId
from contracts.reports import ClockState, Held, PointStatus
from runtime.bus import Bus, BusSettings, Received, Will
from tests.fakes.mosquitto import Broker
from tests.integration.ingest.reports import BOOT, health
from tests.waiting import until


class SendingPoint:
    """An outbox file, the agent's own sending, and a session of its own."""

    def __init__(self, folder: Path, broker: Broker, name: PointId, *, every_s: float) -> None:
        issued = broker.cert(name)
        self.name = name
        self.every_s = every_s
        self.measured = 0
        self.journal = Journal(Outbox(folder / f"{name}.db"))
        settings = BusSettings(
            host=broker.host,
            port=broker.port,
            ca_file=broker.ca,
            cert_file=issued.certificate_file,
            key_file=issued.key_file,
            client_id=name,
            queue_limit=200,
        )
        status = topics.point_status(name)
        self.bus = Bus(
            settings,
            subscriptions=[(topics.held(name).name, 0)],
            on_connected=self._connected,
            on_disconnected=self._disconnected,
            will=Will(status, PointStatus(is_online=False)),
        )
        self.reporter = Reporter(
            self.journal,
            self.bus,
            name,
            may_send_backlog=lambda: True,
            contract_bps=lambda: 100_000_000,
        )
        self._session: asyncio.Task[None] | None = None
        self._is_over = asyncio.Event()

    async def _connected(self, bus: Bus) -> None:
        self.reporter.connected()
        status = PointStatus(is_online=True, outbox_id=self.journal.outbox_id)
        await bus.publish(topics.point_status(self.name), status)

    async def _disconnected(self, _: Bus) -> None:
        self.reporter.disconnected()

    async def _handle(self, received: Received) -> None:
        self.reporter.held(codec.decode(Held, received.payload))

    async def measure(self) -> None:
        """Measure for ever."""
        while True:
            now = datetime.now(UTC)
            self.measured += 1
            stamp = Stamp(
                now, BOOT, int(asyncio.get_running_loop().time() * 1000), ClockState("ntp", 2.5)
            )
            self.journal.append(health(self.measured), stamp)
            self.reporter.stored()
            with suppress(TimeoutError):
                async with asyncio.timeout(self.every_s):
                    await self._is_over.wait()

    def connect(self) -> None:
        """Begin a session."""
        self._session = asyncio.create_task(self.bus.run(self._handle))

    async def disconnect(self) -> None:
        """End the session as a line that breaks does."""
        if self._session is not None:
            self._session.cancel()
            await asyncio.wait({self._session})
            self.reporter.disconnected()


@asynccontextmanager
async def sending(points: list[SendingPoint]) -> AsyncIterator[None]:
    """Have points measure and send until the block ends."""
    tasks = [
        asyncio.create_task(work())
        for point in points
        for work in (point.measure, point.reporter.run_live, point.reporter.run_backlog)
    ]
    for point in points:
        point.connect()
    try:
        await until(lambda: all(point.bus.is_connected for point in points), 20, "all connect")
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for point in points:
            await point.disconnect()
            point.journal.close()
