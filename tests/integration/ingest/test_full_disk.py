"""A disk without room: told in the log, nothing acknowledged that is not there, and then on."""

import asyncio
import shutil
from dataclasses import replace

import pytest
from sqlalchemy import event
from sqlmodel import select

from controller.db.engine import open_engine, reading
from controller.ingest.store import SeriesStore
from controller.ingest.tables import StoredReport
from controller.ingest.writer import QUEUE_LIMIT, Writer
from tests.fakes.mosquitto import start_mosquitto
from tests.fakes.small_disk import mounted
from tests.integration.ingest.harness import IngestProcess, SimulatedPoint, living, running
from tests.integration.ingest.reports import P1, arrival
from tests.waiting import until


class Room:
    """A limit on the pages of a database's file, which is what a full disk looks like."""

    def __init__(self, engine):
        self.pages = 0
        event.listen(engine, "begin", self._limit)

    def _limit(self, connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count = {self.pages or 10**6}")


@pytest.fixture
def engine(empty_sqlite, tmp_path):
    path = tmp_path / "series.db"
    shutil.copy(empty_sqlite, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


async def test_a_full_database_keeps_what_came_and_writes_it_once_there_is_room(engine):
    committed = []

    async def on_committed(batch):
        committed.extend(a.report.seq for a in batch.new)

    room, store = Room(engine), SeriesStore(engine)
    writer = Writer(store, on_committed=on_committed)
    running_writer = asyncio.create_task(writer.run())
    try:
        await writer.put(arrival(1))
        await until(lambda: committed == [1])
        room.pages = 1  # SQLite makes of it: no more than there are
        for seq in range(2, 1002):
            await writer.put(arrival(seq))
        await until(lambda: writer.is_failing, 10)
        held_before = next(iter(store.holdings.known.values())).held
        assert 1001 not in held_before
        done_before = len(committed)
        assert len(held_before) == done_before
        room.pages = 0
        await until(lambda: len(committed) == 1001, 20)
        assert sorted(committed) == list(range(1, 1002))
    finally:
        running_writer.cancel()
        await asyncio.wait({running_writer})
        writer.close()
    with reading(engine) as session:
        assert len(session.exec(select(StoredReport.seq)).all()) == 1001


async def test_while_it_is_full_whoever_brings_a_report_waits_and_nothing_is_confirmed(engine):
    confirmed, committed = [], []

    async def on_committed(batch):
        committed.extend(a.report.seq for a in batch.new)

    def brought(seq):
        return replace(arrival(seq), confirm=lambda: confirmed.append(seq))

    async def bring():
        for seq in range(1, QUEUE_LIMIT + 701):
            await writer.put(brought(seq))

    room = Room(engine)
    room.pages = 1
    writer = Writer(SeriesStore(engine), on_committed=on_committed)
    tasks = [asyncio.create_task(writer.run()), asyncio.create_task(bring())]
    try:
        await until(lambda: writer.is_failing and writer.waiting == QUEUE_LIMIT, 20)
        assert not tasks[1].done()
        assert confirmed == committed  # what fitted into the file before it was full
        assert len(confirmed) < 500
        room.pages = 0
        await until(lambda: len(confirmed) == QUEUE_LIMIT + 700, 40)
        assert committed == confirmed == list(range(1, QUEUE_LIMIT + 701))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        writer.close()


@pytest.fixture
def small_disk(tmp_path):
    with mounted(tmp_path / "disk", "size=3m") as mount:
        yield mount


async def test_the_process_lives_through_a_full_disk(tmp_path, small_disk):
    url = f"sqlite:///{small_disk / 'series.db'}"
    with start_mosquitto(tmp_path) as broker:
        point = SimulatedPoint(broker, P1)
        with running(IngestProcess(tmp_path / "centre", broker, url, [P1])) as ingest:
            await ingest.started()
            async with living(point):
                await point.report()
                await until(lambda: 1 in seqs(url), 10, "the first report is stored")
                ballast = small_disk / "ballast"
                fill(ballast)
                for _ in range(400):
                    await point.report()
                await until(lambda: ingest.events("series_write_failed"), 20, "it is told")
                failed = ingest.events("series_write_failed")[0]
                assert failed["kind"] == "StorageFull"
                assert not point.is_settled
                ballast.unlink()
                await until(lambda: ingest.events("series_write_resumed"), 20, "it goes on")
                await until(lambda: point.is_settled, 40, "and has it all")
            assert ingest.is_running
    assert seqs(url) == list(range(1, 402))


def fill(path):
    with path.open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(4096))
        except OSError:
            return


def seqs(url):
    engine = open_engine(url)
    with reading(engine) as session:
        found = session.exec(select(StoredReport.seq)).all()
    engine.dispose()
    return sorted(found)
