"""A machine that cannot start a process keeps its clock as it is."""

import errno
from pathlib import Path

from agent.enrolment import timekeeper


async def test_a_process_that_cannot_be_started_is_a_failed_check(monkeypatch):
    async def refused(*_, **__):
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(timekeeper.asyncio, "create_subprocess_exec", refused)
    keeper = timekeeper.Timekeeper(None, url="https://centre", ca_file=Path("ca"), interval_s=1.0)
    assert not await keeper.check()
