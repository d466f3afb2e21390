"""A process is brought back like a unit, stays away when held, and is ended in order."""

import asyncio
import sys

import pytest

from scripts.demo import units
from scripts.demo.errors import ProcessDied
from scripts.demo.process import Command, Process
from scripts.demo.runner import Runner
from scripts.demo.waiting import until

FOREVER = "import time\nwhile True: time.sleep(60)"


def command(tmp_path, code, name="sample"):
    return Command(name, (sys.executable, "-c", code), tmp_path / f"{name}.log")


async def test_a_killed_process_comes_back_and_is_said(tmp_path):
    said = []
    async with asyncio.TaskGroup() as tasks:
        runner = Runner(tasks, said.append)
        process = await runner.start(command(tmp_path, FOREVER))
        first = process.pid
        await process.kill()

        async def is_back():
            return process.pid is not None and process.pid != first

        await until(is_back, "the process is back", within_s=5)
        await runner.stop()
    assert said == ["sample ended with code -9 and was started again"]
    assert runner.alive() == []


async def test_a_held_process_stays_away_until_started(tmp_path):
    process = Process(command(tmp_path, FOREVER), lambda text: None)
    await process.start()
    keeper = asyncio.create_task(process.keep())
    await process.kill(is_held=True)
    assert process.pid is None
    await process.start()
    assert process.pid is not None
    keeper.cancel()
    await process.stop()
    assert process.pid is None


async def test_dying_again_and_again_is_told_with_the_last_lines(tmp_path):
    code = "raise SystemExit('no such thing')"
    process = Process(command(tmp_path, code), lambda text: None, pause_s=0.01)
    await process.start()
    with pytest.raises(ProcessDied, match="no such thing"):
        await process.keep()


def test_pause_and_urgency_are_the_units():
    assert 0.5 <= units.restart_delay_s("agent:pt-thu-cuc") <= 5
    assert units.restart_delay_s("something else") == units.restart_delay_s("relay")
    assert units.nice("relay") <= units.nice("ingest")
