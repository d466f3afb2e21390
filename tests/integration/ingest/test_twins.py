"""Two machines under one name, from their births to what the page says."""

from datetime import timedelta

import pytest

from contracts import topics
from contracts.reports import PointStatus
from controller.db.engine import open_engine, reading
from controller.health import point_queries
from controller.health.presence_queries import open_intervals
from controller.ingest import twin_rows
from controller.ingest.store import SeriesStore
from controller.ingest.tables import PointTwins
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.problem import ProblemKey
from monitoring.judgement.twins import SHOWN_FOR
from tests.fakes.mosquitto import start_mosquitto
from tests.integration.ingest.harness import IngestProcess, SimulatedPoint, living, running
from tests.integration.ingest.judged import judge
from tests.integration.ingest.reports import P1, P2, T0, at
from tests.integration.ingest.test_queries import come_up, keys
from tests.waiting import until

ONE, OTHER = "1" * 32, "2" * 32


@pytest.fixture
def broker(tmp_path):
    with start_mosquitto(tmp_path) as broker:
        yield broker


async def test_births_that_alternate_are_stored_as_two_machines(tmp_path, broker):
    url = f"sqlite:///{tmp_path / 'series.db'}"
    points = [SimulatedPoint(broker, name) for name in (P1, P2)]
    with running(IngestProcess(tmp_path / "centre", broker, url, [P1, P2])) as ingest:
        await ingest.started()
        async with living(points[0]), living(points[1]):
            # The second one was restarted once, which is nobody's twin.
            for point, run_id in ((0, ONE), (1, ONE), (0, OTHER), (1, OTHER), (0, ONE)):
                status = PointStatus(is_online=True, outbox_id="outbox-0001", run_id=run_id)
                bus = points[point].bus
                await until(lambda bus=bus: bus.is_connected)
                await bus.publish(topics.point_status(points[point].name), status)
            engine = open_engine(url)

            def seen():
                with reading(engine) as session:
                    return [
                        name for name in open_intervals(session) if session.get(PointTwins, name)
                    ]

            assert await until(seen) == [P1]
        engine.dispose()
        assert ingest.end() == 0


def test_it_is_a_problem_of_the_point_for_as_long_as_it_was_seen_of_late(series):
    store = SeriesStore(series)
    come_up(store, P1, P2)

    def seen(when):
        store.run(lambda connection: twin_rows.write(connection, {P1: when}))

    def standings(when):
        store.keep_span(when)
        judge(store, when)
        with reading(series) as session:
            return point_queries.standings(session, when)

    seen(at(10))
    seen(at(100))
    found = standings(at(101))
    [problem] = found[P1].judgement.problems
    assert (problem.key, problem.arguments) == (ProblemKey.TWINS, {"since": at(10)})
    assert found[P1].judgement.state is PresenceState.DEGRADED
    assert keys(found[P2]) == set()
    assert keys(standings(at(100) + SHOWN_FOR)[P1]) == {ProblemKey.TWINS}
    assert keys(standings(at(100) + SHOWN_FOR + timedelta(seconds=1))[P1]) == set()
    later = T0 + timedelta(days=1)
    seen(later)
    assert standings(later)[P1].judgement.problems[0].arguments == {"since": later}
