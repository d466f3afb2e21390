"""The agent on file systems that hang, and on ones that can take no more files."""

import json
import subprocess
import sys
import time

import pytest

from contracts.ids import PointId
from contracts.reports import HealthBody
from monitoring.judgement.health import Facts, problems_of
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.problem import ProblemKey, Thresholds
from tests.fakes.centre import running_centre
from tests.fakes.mosquitto import start_mosquitto
from tests.fakes.point import PROJECT, make_point, running_agent, write_config
from tests.fakes.small_disk import mounted
from tests.integration.agent.test_trouble import cache, every_second
from tests.waiting import until

P1 = PointId("p1")
# A file system whose server is gone: whoever asks it does not come back.
HANGS = """
import os, threading
asked = os.statvfs
def statvfs(path):
    if str(path) == "/mnt/nfs":
        threading.Event().wait()
    return asked(path)
os.statvfs = statvfs
"""


@pytest.fixture
def broker(tmp_path):
    with start_mosquitto(tmp_path) as running:
        yield running


def bodies(centre):
    return [r.body for r in centre.received[P1] if isinstance(r.body, HealthBody)]


def status(folder):
    done = subprocess.run(
        [sys.executable, "-m", "agent.health", "status", "--data-dir", str(folder.root), "--json"],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


async def test_on_a_disk_that_hangs_reports_go_on_and_the_agent_ends_when_asked(broker, tmp_path):
    folder = make_point(tmp_path / "p1", broker)
    cache(folder, "policy", every_second())
    (tmp_path / "sitecustomize.py").write_text(HANGS)
    config = write_config(folder, disk_path='"/mnt/nfs"')
    async with running_centre(broker) as centre:
        with running_agent(folder, config, environment={"PYTHONPATH": str(tmp_path)}) as agent:
            told = await until(
                lambda: [f for body in bodies(centre) for f in body.failures], 30, agent.log
            )
            assert told[0].collector == "disk"
            assert "/mnt/nfs: the file system has not answered" in told[0].error
            before = len(bodies(centre))
            await until(lambda: len(bodies(centre)) >= before + 3, 10, agent.log)
            assert bodies(centre)[-1].host.memory_ratio > 0
            asked_s = time.monotonic()
            assert agent.stop() == 0
            assert time.monotonic() - asked_s < 8


@pytest.fixture
def few_files(tmp_path):
    with mounted(tmp_path / "disk", "size=4m,nr_inodes=200") as mount:
        yield mount


def take_all_files(mount):
    for number in range(1000):
        try:
            (mount / f"small-{number}").touch()
        except OSError:
            return


async def test_a_data_folder_without_files_left_is_told_and_status_still_says_that_it_runs(
    broker, tmp_path, few_files
):
    folder = make_point(few_files / "p1", broker)
    cache(folder, "policy", every_second())
    take_all_files(few_files)
    config = tmp_path / "agent.toml"
    config.write_text(f'data_dir = "{folder.root}"\n')
    async with running_centre(broker) as centre:
        with running_agent(folder, config, log_file=tmp_path / "agent.log") as agent:
            full = await until(
                lambda: [r for r in centre.received[P1] if getattr(r.body, "disk", None)],
                30,
                agent.log,
            )
            facts = Facts(PresenceState.UP, None, health=full[0])
            assert ProblemKey.INODES_FULL in [p.key for p in problems_of(facts, Thresholds())]
            found = status(folder)
            assert (found["is_running"], found["is_run_fresh"]) == (True, False)
            assert agent.stop() == 0
        found = status(folder)
        assert (found["is_running"], found["is_run_fresh"]) == (False, False)


async def test_a_second_agent_on_the_same_folder_is_refused(broker, tmp_path):
    folder = make_point(tmp_path / "p1", broker)
    with running_agent(folder) as first:
        await until(lambda: "agent_started" in first.log, 20, first.log)
        with running_agent(folder, log_file=tmp_path / "second.log") as second:
            await until(lambda: second.exit_code is not None, 20)
            assert second.exit_code == 1
            assert "another diemcau-agent runs on this folder already" in second.log
        assert first.exit_code is None
