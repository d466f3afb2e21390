"""Two machines with one identity: no fight, and each says what it is."""

import json

import pytest

from contracts.ids import PointId
from runtime.session_retry import CLOSED_LIMIT
from tests.fakes.centre import running_centre
from tests.fakes.mosquitto import start_mosquitto
from tests.fakes.point import make_point, running_agent
from tests.integration.agent.test_trouble import cache, every_second
from tests.waiting import until

P1 = PointId("p1")


@pytest.fixture
def broker(tmp_path):
    with start_mosquitto(tmp_path) as running:
        yield running


def lines(log, event):
    told = (json.loads(line) for line in log.splitlines() if line.startswith("{"))
    return [line for line in told if line["event"] == event]


def connections(broker):
    return broker.log.count(" as p1 (")


async def test_a_copied_machine_is_not_fought_and_its_births_tell_the_two_apart(broker, tmp_path):
    first = make_point(tmp_path / "first", broker)
    second = make_point(tmp_path / "second", broker)
    for folder in (first, second):
        cache(folder, "policy", every_second())
    async with running_centre(broker) as centre:
        with running_agent(first) as one, running_agent(second) as other:

            def given_up():
                return [
                    line
                    for log in (one.log, other.log)
                    for line in lines(log, "bus_session_taken_over")
                ]

            await until(given_up, 20, "one of the two gives up")
            assert given_up()[0]["retry_s"] >= 30
            assert "same certificate" in given_up()[0]["meaning"]
            before = connections(broker)
            stored = len(centre.held[P1])
            # What used to be forty connections is now the time for which reports come in.
            await until(lambda: len(centre.held[P1]) >= stored + 2, 40, "reports come in")
            assert connections(broker) == before
            assert before <= 4 * CLOSED_LIMIT
            assert len({s.run_id for s in centre.statuses if s.is_online}) == 2
