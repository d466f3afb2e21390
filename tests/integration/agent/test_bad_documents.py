"""A document that cannot be used: told to the centre, and never the end of anything else."""

from datetime import UTC, datetime

import msgspec
import pytest

from contracts import topics
from contracts.desired import Policy, RelayAddress, Schedule
from contracts.ids import PointId
from contracts.reports import HealthBody
from tests.fakes.centre import running_centre
from tests.fakes.mosquitto import free_port, start_mosquitto
from tests.fakes.point import make_point, running_agent
from tests.fakes.reflector import running_reflector
from tests.integration.agent.test_trouble import cache, every_second, probes_for
from tests.waiting import until

P1 = PointId("p1")


@pytest.mark.parametrize("host", ["do..dac.vn", ".dodac.vn", "a" * 64 + ".vn"])
async def test_a_cached_host_that_cannot_be_one_is_told_and_can_be_corrected(tmp_path, host):
    with (
        start_mosquitto(tmp_path) as broker,
        running_reflector(tmp_path / "reflector", port=free_port()) as reflector,
    ):
        folder = make_point(tmp_path / "p1", broker)
        good = probes_for(reflector.target(7))
        bad = msgspec.structs.replace(good, reflector_host=host)
        cache(folder, "policy", every_second())
        cache(folder, "probes", bad)
        async with running_centre(broker) as centre:
            with running_agent(folder) as agent:
                await until(lambda: centre.received[P1], 20, agent.log)
                await centre.declare(topics.desired(P1, "probes"), bad)
                told = await until(lambda: centre.applied, 20, agent.log)
                assert repr(host)[:40] in told[0].problem
                corrected = msgspec.structs.replace(good, generation=2)
                await centre.declare(topics.desired(P1, "probes"), corrected)
                await until(lambda: measured(centre), 20, agent.log)
                assert centre.applied[-1].generation == 2
                assert centre.applied[-1].problem == ""
                assert agent.exit_code is None
            assert agent.exit_code == 0


def measured(centre):
    return any(
        isinstance(report.body, HealthBody) and report.body.line and report.body.line.received
        for report in centre.received[P1]
    )


async def test_a_relay_with_a_bad_address_leaves_the_rest_of_its_schedule(tmp_path):
    schedule = Schedule(
        leader_epoch=1,
        generation=1,
        issued_at=datetime.now(UTC),
        relays=(
            RelayAddress(relay_id="relay-1", url="https://a..b:8444"),
            RelayAddress(relay_id="relay-2", url="https://192.0.2.1:8444"),
        ),
    )
    with start_mosquitto(tmp_path) as broker:
        folder = make_point(tmp_path / "p1", broker)
        async with running_centre(broker) as centre:
            with running_agent(folder) as agent:
                await until(lambda: centre.received[P1], 20, agent.log)
                await centre.declare(topics.desired(P1, "schedule"), schedule)
                told = await until(lambda: centre.applied, 20, agent.log)
    assert (told[0].generation, told[0].problem[:8]) == (1, "relay-1:")
    assert "relay-2" not in told[0].problem


async def test_cached_bytes_that_are_no_document_keep_nothing_from_starting(tmp_path):
    with start_mosquitto(tmp_path) as broker:
        folder = make_point(tmp_path / "p1", broker)
        cache(folder, "policy", every_second())
        for name in ("schedule", "probes", "live"):
            (folder.desired_dir / f"{name}.json").write_bytes(b"[" * 100_000)
        async with running_centre(broker) as centre:
            with running_agent(folder) as agent:
                await until(lambda: len(centre.received[P1]) >= 2, 20, agent.log)
                policy = Policy(leader_epoch=1, generation=2, issued_at=datetime.now(UTC))
                await centre.declare(topics.desired(P1, "policy"), policy)
                told = await until(lambda: centre.applied, 20, agent.log)
    assert (told[0].document, told[0].generation, told[0].problem) == ("policy", 2, "")
