"""An agent that was ended while its line was out says so when it is begun again."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from contracts import topics
from contracts.reports import PointStatus
from controller.db.engine import open_engine, reading
from controller.ingest.cause_tables import SessionWord
from tests.fakes.mosquitto import start_mosquitto
from tests.integration.ingest.harness import IngestProcess, SimulatedPoint, living, running
from tests.integration.ingest.reports import P1
from tests.waiting import until


@pytest.mark.parametrize(
    ("ago", "is_taken"),
    [
        (timedelta(minutes=20), True),
        (timedelta(days=40), False),  # a clock that was wrong then, or is
        (timedelta(days=-1), False),
    ],
)
async def test_a_birth_brings_the_goodbye_that_could_not_come(tmp_path, ago, is_taken):
    url = f"sqlite:///{tmp_path / 'series.db'}"
    with start_mosquitto(tmp_path) as broker:
        point = SimulatedPoint(broker, P1)
        with running(IngestProcess(tmp_path / "centre", broker, url, [P1])) as ingest:
            await ingest.started()
            async with living(point):
                await until(lambda: point.bus.is_connected)
                stopped_at = (datetime.now(UTC) - ago).replace(microsecond=0)
                birth = PointStatus(
                    is_online=True, outbox_id="outbox-0001", run_id="2" * 32, stopped_at=stopped_at
                )
                await point.bus.publish(topics.point_status(P1), birth)
                engine = open_engine(url)

                def words():
                    with reading(engine) as session:
                        query = select(SessionWord).order_by(col(SessionWord.word_id))
                        return [(one.kind, one.run_id, one.at) for one in session.exec(query)]

                await until(lambda: any(run == "2" * 32 for _, run, _ in words()))
                said = [at for kind, _, at in words() if kind == "goodbye"]
                assert said == ([stopped_at] if is_taken else [])
                engine.dispose()
            assert ingest.end() == 0


async def test_a_session_that_was_there_before_the_centre_listens_is_found_and_not_born(tmp_path):
    url = f"sqlite:///{tmp_path / 'series.db'}"
    with start_mosquitto(tmp_path) as broker:
        point = SimulatedPoint(broker, P1)
        async with living(point):
            await until(lambda: point.bus.is_connected)
            birth = PointStatus(is_online=True, outbox_id="outbox-0001", run_id="2" * 32)
            await point.bus.publish(topics.point_status(P1), birth)
            with running(IngestProcess(tmp_path / "centre", broker, url, [P1])) as ingest:
                await ingest.started()
                engine = open_engine(url)

                def words():
                    with reading(engine) as session:
                        query = select(SessionWord).order_by(col(SessionWord.word_id))
                        return [(one.kind, one.run_id) for one in session.exec(query)]

                await until(lambda: ("found", "2" * 32) in words())
                assert "birth" not in {kind for kind, _ in words()}
                engine.dispose()
                assert ingest.end() == 0
