"""Ingest comes back to a long queue: what is heard late is late, and nothing is down."""

import asyncio
import os
import signal
from datetime import timedelta

import pytest
from sqlmodel import col, func, select

from contracts import codec, topics
from contracts.ids import PointId
from controller.db.engine import open_engine, reading
from controller.ingest.tables import IngestSpan, PresenceInterval
from tests.fakes.mosquitto import start_mosquitto
from tests.integration.ingest.harness import (
    IngestProcess,
    SimulatedPoint,
    beating,
    living,
    running,
)
from tests.integration.ingest.reports import P1, P2
from tests.waiting import until

QUEUED = 12_000
"""More than ingest takes in before the test can halt it."""


@pytest.fixture
def broker(tmp_path):
    with start_mosquitto(tmp_path) as broker:
        yield broker


def rows(url, *columns):
    engine = open_engine(url)
    with reading(engine) as session:
        found = session.exec(select(*columns)).all()
    engine.dispose()
    return found


def states(url):
    query = (PresenceInterval.state, PresenceInterval.began_at)
    engine = open_engine(url)
    with reading(engine) as session:
        found = session.exec(
            select(*query)
            .where(PresenceInterval.point_id == P1)
            .order_by(col(PresenceInterval.began_at))
        ).all()
    engine.dispose()
    return [state for state, _ in found]


async def queue_old_reports(broker, name: PointId):
    """Have a point send thousands of reports of two hours ago."""
    issued, point = broker.cert(name), SimulatedPoint(broker, name)
    began = point.started_at - timedelta(hours=2)
    lines = [codec.encode(point.measure(at=began + timedelta(seconds=n))) for n in range(QUEUED)]
    sender = await asyncio.create_subprocess_exec(
        "mosquitto_pub", "-h", broker.host, "-p", str(broker.port), "-V", "5", "-i", name,
        "--cafile", str(broker.ca), "--cert", str(issued.certificate_file),
        "--key", str(issued.key_file), "-q", "1", "-t", topics.report(name).name, "-l",
        stdin=asyncio.subprocess.PIPE,
    )  # fmt: skip
    await sender.communicate(b"\n".join(lines) + b"\n")
    assert sender.returncode == 0


async def halt(ingest, point):
    """Make a slow machine of ingest's: longer than the silence limit, and no stall (12 s)."""
    os.kill(ingest.pid, signal.SIGSTOP)
    try:
        count = len(point.outbox)
        await until(lambda: len(point.outbox) > count + 9, 20, "four and a half seconds")
    finally:
        os.kill(ingest.pid, signal.SIGCONT)


async def test_no_point_that_reports_is_down_after_a_long_outage_of_ingest(tmp_path, broker):
    url = f"sqlite:///{tmp_path / 'series.db'}"
    point = SimulatedPoint(broker, P1)
    with running(IngestProcess(tmp_path / "centre", broker, url, [P1, P2])) as ingest:
        await ingest.started()
        async with living(point), beating([point]):
            await until(lambda: states(url) == ["up"], 20, "it is up")
            ingest.end()
            await queue_old_reports(broker, P2)
            await ingest.started()
            await halt(ingest, point)
            await until(lambda: len(ingest.events("ingest_listens")) == 2, 60, "it has caught up")
            await until(lambda: states(url)[-2:] == ["unknown", "up"], 20, "it is up again")
            count = len(point.outbox)
            await until(lambda: len(point.outbox) > count + 10, 20, "longer than the limit")
            assert states(url) == ["up", "unknown", "up"]
    [taken] = rows(url, func.count(col(IngestSpan.span_id)))
    assert taken == 2
