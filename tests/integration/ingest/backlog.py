"""Reports that wait at a broker while nobody takes them, and what came of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import msgspec
from sqlmodel import col, func, select

from contracts import codec, topics
from contracts.ids import PointId
from controller.db.engine import open_engine, reading
from controller.ingest.tables import HeldRange, StoredReport
from runtime.bus import Bus, BusSettings, Received
from tests.fakes.mosquitto import Broker
from tests.integration.ingest.reports import report
from tests.waiting import until

AT_ONCE = 200


def bus_of(broker: Broker, name: str, *, is_kept: bool = False, **more: object) -> Bus:
    """Return a session by a certificate of the broker's authority."""
    issued = broker.cert(name)
    settings = BusSettings(
        host=broker.host,
        port=broker.port,
        ca_file=broker.ca,
        cert_file=issued.certificate_file,
        key_file=issued.key_file,
        client_id=name,
        session_expiry_s=3600 if is_kept else 0,
    )
    return Bus(settings, **more)  # type: ignore[arg-type]


@asynccontextmanager
async def session(bus: Bus, handle: Callable[[Received], object]) -> AsyncIterator[Bus]:
    """Keep a session until the block ends."""

    async def take(received: Received) -> None:
        handle(received)

    task = asyncio.create_task(bus.run(take))
    try:
        await until(lambda: bus.is_connected, 20, "the session is there")
        yield bus
    finally:
        task.cancel()
        await asyncio.wait({task})


async def leave_reports(broker: Broker, points: list[PointId], count: int) -> None:
    """Leave `count` reports of health with two interfaces each at the broker."""
    began_at = datetime.now(UTC) - timedelta(seconds=10 * count / len(points))
    async with session(bus_of(broker, "centre-web"), lambda _: None) as bus:
        for first in range(0, count, AT_ONCE):
            batch = []
            for number in range(first, min(first + AT_ONCE, count)):
                point, seq = points[number % len(points)], number // len(points) + 1
                one = msgspec.structs.replace(
                    report(seq), measured_at=began_at + timedelta(seconds=10 * seq)
                )
                batch.append(bus.publish(topics.report(point), codec.encode(one)))
            await asyncio.gather(*batch)


def held_count(url: str) -> int:
    """Return how many reports are held."""
    return _number(url, func.sum(col(HeldRange.last_seq) - col(HeldRange.first_seq) + 1))


def stored_count(url: str) -> int:
    """Return how many reports are stored."""
    return _number(url, func.count(col(StoredReport.seq)))


def _number(url: str, figure: object) -> int:
    engine = open_engine(url)
    with reading(engine) as database:
        found = database.exec(select(figure)).one()  # type: ignore[call-overload]
    engine.dispose()
    return int(found or 0)
