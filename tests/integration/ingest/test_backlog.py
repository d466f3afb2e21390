"""What waits at the broker is taken in one session, and is lost by no kill in the middle."""

import logging
import signal

import pytest

from contracts.ids import PointId
from tests.fakes.mosquitto import start_mosquitto
from tests.integration.ingest.backlog import held_count, leave_reports, stored_count
from tests.integration.ingest.harness import IngestProcess, running
from tests.waiting import until

WAITING = 12_000
"""More than ingest takes at once, twice; `python -m bench.backlog` does it with 40,000."""
POINTS = [PointId(f"diem-{number}") for number in range(100)]


@pytest.fixture
def broker(tmp_path, caplog):
    caplog.set_level(logging.ERROR, "mqtt")  # it warns of many publishes at once
    with start_mosquitto(tmp_path) as broker:
        yield broker


@pytest.fixture
def ingest(tmp_path, broker):
    url = f"sqlite:///{tmp_path / 'series.db'}"
    process = IngestProcess(tmp_path / "centre", broker, url, POINTS, silence_s=3600)
    with running(process):
        yield process


async def leave_waiting(broker, ingest):
    await ingest.started()  # leaves a session behind, for which the broker keeps reports
    ingest.end()
    await leave_reports(broker, POINTS, WAITING)


def sessions(ingest):
    return len(ingest.events("bus_connected")) - 1


async def test_a_backlog_is_taken_in_one_session(broker, ingest):
    await leave_waiting(broker, ingest)
    await ingest.started()
    await until(lambda: held_count(ingest.series_url) == WAITING, 120, "all are held")
    assert stored_count(ingest.series_url) == WAITING
    assert sessions(ingest) == 1
    assert ingest.events("bus_disconnected") == []
    await until(lambda: len(ingest.events("ingest_listens")) == 2, 30, "it has caught up")


async def test_a_kill_in_the_middle_of_a_backlog_loses_nothing(broker, ingest):
    await leave_waiting(broker, ingest)
    await ingest.started()
    await until(lambda: held_count(ingest.series_url) > WAITING // 6, 60, "some are held")
    ingest.end(signal.SIGKILL)
    assert held_count(ingest.series_url) < WAITING
    await ingest.started()
    await until(lambda: held_count(ingest.series_url) == WAITING, 120, "all are held")
    assert stored_count(ingest.series_url) == WAITING
    assert sessions(ingest) == 2
