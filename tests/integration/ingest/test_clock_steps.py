"""The centre's clock is set seven hours off, and back, while ingest runs."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from controller.db.engine import open_engine, reading
from controller.ingest.tables import PresenceInterval
from tests.fakes.mosquitto import start_mosquitto
from tests.fakes.wrong_clock import needs_faketime, wrong_clock
from tests.integration.ingest.harness import (
    IngestProcess,
    SimulatedPoint,
    beating,
    living,
    running,
)
from tests.integration.ingest.reports import P1, P2
from tests.waiting import until


def intervals(url, name):
    engine = open_engine(url)
    with reading(engine) as session:
        found = session.exec(
            select(PresenceInterval.state, PresenceInterval.began_at)
            .where(PresenceInterval.point_id == name)
            .order_by(col(PresenceInterval.began_at))
        ).all()
    engine.dispose()
    return found


def last_states(url):
    return [(intervals(url, name) or [("", None)])[-1][0] for name in (P1, P2)]


@needs_faketime
@pytest.mark.parametrize("step", ["+7h", "-7h"])
async def test_a_step_of_the_clock_moves_no_living_point_and_hides_no_dead_one(tmp_path, step):
    url, offset = f"sqlite:///{tmp_path / 'series.db'}", tmp_path / "offset"
    offset.write_text("+0")
    environment = wrong_clock("+0") | {
        "FAKETIME_TIMESTAMP_FILE": str(offset), "FAKETIME_NO_CACHE": "1",
    }  # fmt: skip
    del environment["FAKETIME"]
    with start_mosquitto(tmp_path) as broker:
        alive, cut = SimulatedPoint(broker, P1), SimulatedPoint(broker, P2)
        ingest = IngestProcess(
            tmp_path / "centre", broker, url, [P1, P2], environment=environment
        )  # fmt: skip
        with running(ingest):
            await ingest.started()
            async with living(alive), beating([alive]):

                async def longer_than_the_limit():
                    count = len(alive.outbox)
                    await until(lambda: len(alive.outbox) > count + 12, 60, "twice the limit")

                async with living(cut), beating([cut]):
                    await until(lambda: last_states(url) == ["up", "up"], 60, "both are up")
                    offset.write_text(step)
                    await longer_than_the_limit()
                    await until(lambda: last_states(url) == ["up", "up"], 60, "both are up")
                await until(lambda: last_states(url) == ["up", "down"], 60, "the cut one is down")
                offset.write_text("+0")
                await longer_than_the_limit()
                await until(lambda: last_states(url) == ["up", "down"], 60, "it still is")
            assert ingest.events("clock_set") == []
    # A slow machine may have made more of them; none of them is of another day.
    began = [began_at for name in (P1, P2) for _, began_at in intervals(url, name)]
    now = datetime.now(UTC)
    assert all(now - timedelta(minutes=10) < began_at <= now for began_at in began)
