"""A point on a charged line as the real ingest hears it: beats, and reports that are packed."""

import time
from datetime import timedelta

from sqlmodel import col, select

from contracts import codec, topics
from contracts.packed import packed
from contracts.uplink import Beat
from controller.db.engine import open_engine, reading
from controller.ingest.tables import LatestReport, PresenceInterval, StoredReport
from tests.fakes.mosquitto import start_mosquitto
from tests.integration.ingest.harness import (
    SILENCE_S,
    IngestProcess,
    SimulatedPoint,
    living,
    running,
)
from tests.integration.ingest.reports import BOOT, P1
from tests.waiting import until

NOTICED_WITHIN = timedelta(seconds=5)
"""In ingest's 25 s it is 30: the tick and the way of a beat are the same."""


def rows(url, table):
    engine = open_engine(url)
    with reading(engine) as session:
        found = session.exec(select(table).where(col(table.point_id) == P1)).all()
        for one in found:
            session.expunge(one)
    engine.dispose()
    return found


async def a_second():
    until_s = time.monotonic() + 1
    await until(lambda: time.monotonic() >= until_s)


async def test_beats_alone_keep_a_point_up_and_their_end_is_noticed(tmp_path):
    url = f"sqlite:///{tmp_path / 'series.db'}"
    with start_mosquitto(tmp_path) as broker:
        point = SimulatedPoint(broker, P1)
        with running(IngestProcess(tmp_path / "centre", broker, url, [P1])) as ingest:
            await ingest.started()
            async with living(point):
                await until(lambda: point.statements, 10)
                report = point.measure()
                await point.bus.publish(topics.report(P1), packed(codec.encode(report)))
                for second in range(2 * SILENCE_S):
                    beat = Beat(boot=BOOT[:8], monotonic_ms=60_000 + 1000 * second)
                    await point.bus.publish(topics.beat(P1), beat)
                    for payload in (b"\x78\x9c", b"{}", packed(b'{"seq":1')):
                        await point.bus.publish(topics.report(P1), payload)
                        await point.bus.publish(topics.beat(P1), payload)
                    await a_second()
                assert [one.state for one in rows(url, PresenceInterval)] == ["up"]
                await until(lambda: len(rows(url, PresenceInterval)) == 2, 10)
            assert ingest.end() == 0
    up, down = rows(url, PresenceInterval)
    assert (down.state, up.ended_at) == ("down", down.began_at)
    assert down.began_at - up.began_at >= timedelta(seconds=2 * SILENCE_S - 2)
    assert down.noticed_at - down.began_at <= NOTICED_WITHIN
    assert [one.seq for one in rows(url, StoredReport)] == [1]
    [latest] = rows(url, LatestReport)
    assert latest.report.startswith("{")
