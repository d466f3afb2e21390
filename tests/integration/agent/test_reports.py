"""The agent's own process against a real broker: reports arrive, and none is lost."""

import contextlib
import json
import socket
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from contracts import topics
from contracts.desired import Policy
from contracts.ids import PointId
from contracts.reports import HealthBody, InventoryBody
from tests.fakes.centre import running_centre
from tests.fakes.mosquitto import start_mosquitto
from tests.fakes.point import PROJECT, make_point, running_agent, write_config
from tests.waiting import until

P1 = PointId("p1")


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    with start_mosquitto(tmp_path_factory.mktemp("broker")) as running:
        yield running


def every_second(generation=1):
    return Policy(
        leader_epoch=1, generation=generation, issued_at=datetime.now(UTC), sampling_interval_s=1
    )


def health(centre, point=P1):
    return [r for r in centre.received[point] if isinstance(r.body, HealthBody)]


async def test_a_report_reaches_the_centre_and_the_agent_says_goodbye(broker, tmp_path):
    folder = make_point(tmp_path / "p1", broker)
    async with running_centre(broker) as centre:
        with running_agent(folder) as agent:
            await until(lambda: health(centre), what=agent.log)
            await until(lambda: len(centre.received[P1]) >= 2)
            first = health(centre)[0]
            assert abs((datetime.now(UTC) - first.measured_at).total_seconds()) < 20
            assert first.seq == 1
            assert first.body.host.memory_ratio > 0
            inventory = centre.received[P1][1].body
            assert isinstance(inventory, InventoryBody)
            assert inventory.processor_count >= 1
            birth = next(status for status in centre.statuses if status.is_online)
            assert birth.outbox_id == first.outbox_id
            assert agent.stop() == 0
        await until(lambda: centre.statuses[-1].is_online is False)


async def test_systemd_is_told_once_a_sample_is_stored_and_while_samples_are_taken(
    broker, tmp_path
):
    folder = make_point(tmp_path / "p6", broker, "p6")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        told: list[str] = []

        def listen():
            with contextlib.suppress(BlockingIOError):
                while True:
                    told.append(systemd.recv(1000).decode())
            return told

        environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "1000000"}
        with running_agent(folder, environment=environment) as agent:
            await until(lambda: "READY=1" in listen(), 20, agent.log)
            assert folder.outbox_file.exists()
            seen = told.count("WATCHDOG=1")
            await until(lambda: listen().count("WATCHDOG=1") > seen + 1)
            assert agent.stop() == 0
        assert listen()[-1] == "STOPPING=1"


async def test_status_tells_from_the_files_beside_the_running_agent(broker, tmp_path):
    folder = make_point(tmp_path / "p2", broker, "p2")
    command = [
        *(sys.executable, "-m", "agent.health", "status"),
        *("--data-dir", str(folder.root), "--json"),
    ]

    def status():
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    async with running_centre(broker) as centre:
        with running_agent(folder):
            await until(lambda: health(centre, PointId("p2")), 60)
            await until(lambda: status()["is_running"], timeout_s=20)
            found = await until(lambda: s if (s := status())["run"]["is_connected"] else None, 20)
            assert found["identity"]["point_id"] == "p2"
            assert found["outbox"]["total"] >= 1
            assert found["clock"]["source"] in ("ntp", "centre", "unknown")
        assert status()["is_running"] is False
        assert status()["run"]["stood_at"] == [broker.host]
    # Where no session comes to stand any more, it is still known where one did.
    with running_agent(folder, write_config(folder, broker_port="1")) as agent:
        await until(lambda: agent.log.count("agent_started") == 2, 60, agent.log)
        assert agent.stop() == 0
    assert status()["run"]["is_connected"] is False
    assert status()["run"]["stood_at"] == [broker.host]


async def test_desired_documents_are_applied_and_told(broker, tmp_path):
    p3 = PointId("p3")
    folder = make_point(tmp_path / "p3", broker, "p3")
    async with running_centre(broker) as centre:
        with running_agent(folder):
            await until(lambda: health(centre, p3))
            await centre.declare(topics.desired(p3, "policy"), every_second())
            await until(lambda: centre.applied)
            await until(lambda: len(health(centre, p3)) >= 3)
            await centre.declare(topics.desired(p3, "policy"), b'{"leader_epoch": 1')
            await until(lambda: len(centre.applied) == 2)
        assert [(a.document, a.generation) for a in centre.applied] == [("policy", 1)] * 2
        assert centre.applied[0].problem == ""
        assert centre.applied[1].problem.startswith("not a valid Policy")
        assert b'"sampling_interval_s":1' in (folder.desired_dir / "policy.json").read_bytes()


async def test_killed_broker_loses_nothing(tmp_path):
    with start_mosquitto(tmp_path) as broker:
        folder = make_point(tmp_path / "p1", broker)
        folder.desired_dir.mkdir()
        (folder.desired_dir / "policy.json").write_bytes(_encoded(every_second()))
        async with running_centre(broker) as centre:
            with running_agent(folder) as agent:
                await until(lambda: len(health(centre)) >= 2)
                broker.kill()
                before = len(centre.held[P1])
                await until(lambda: agent.log.count("bus_disconnected") >= 2, 20)
                broker.start()
                await until(lambda: len(centre.held[P1]) >= before + 4, 30, agent.log)
                await until(lambda: _is_whole(centre), 30, agent.log)
            assert _is_whole(centre)


async def test_what_the_centre_lost_comes_back_by_itself(broker, tmp_path):
    p4 = PointId("p4")
    folder = make_point(tmp_path / "p4", broker, "p4")
    folder.desired_dir.mkdir()
    (folder.desired_dir / "policy.json").write_bytes(_encoded(every_second()))
    async with running_centre(broker) as centre:
        with running_agent(folder) as agent:
            await until(lambda: len(centre.held[p4]) >= 6, 20)
            lost = [key for key in centre.held[p4] if 2 <= key[1] <= 5]
            for key in lost:
                del centre.held[p4][key]
            await until(lambda: all(key in centre.held[p4] for key in lost), 20, agent.log)
    assert len(lost) == 4


async def test_a_killed_agent_goes_on_with_its_numbers(broker, tmp_path):
    p5 = PointId("p5")
    folder = make_point(tmp_path / "p5", broker, "p5")
    async with running_centre(broker) as centre:
        with running_agent(folder) as agent:
            await until(lambda: len(centre.held[p5]) >= 2)
            agent.kill()
        last = max(seq for _, seq in centre.held[p5])
        with running_agent(folder) as agent:
            await until(lambda: max(seq for _, seq in centre.held[p5]) > last, 20, agent.log)
            await until(lambda: _is_whole(centre, p5), 20, agent.log)
        assert len({outbox_id for outbox_id, _ in centre.held[p5]}) == 1


@pytest.mark.parametrize(
    ("lines", "telling"),
    [
        ({"data_dri": '"x"'}, ["data_dri", "did you mean 'data_dir'"]),
        ({"broker_port": "70000"}, ["broker_port", "65535"]),
        ({"disk_path": "3"}, ["disk_path", "text"]),
    ],
)
def test_a_typo_in_the_configuration_names_file_key_and_expectation(
    broker, tmp_path, lines, telling
):
    folder = make_point(tmp_path / "p", broker, "typo")
    config = write_config(folder, **lines)
    done = subprocess.run(
        [sys.executable, "-m", "agent.health", "run", "--config", str(config)],
        cwd=PROJECT, capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert all(word in done.stderr for word in [str(config), *telling])


def test_running_before_enrolment_says_so(tmp_path):
    config = tmp_path / "agent.toml"
    config.write_text(f'data_dir = "{tmp_path}"\n')
    done = subprocess.run(
        [sys.executable, "-m", "agent.health", "run", "--config", str(config)],
        cwd=PROJECT, capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "not enrolled yet" in done.stderr


def _encoded(document):
    from contracts import codec

    return codec.encode(document)


def _is_whole(centre, point=P1):
    """Return whether the centre holds every number up to the highest."""
    seqs = sorted(seq for _, seq in centre.held[point])
    return seqs == list(range(1, len(seqs) + 1))
