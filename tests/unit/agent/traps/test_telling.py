"""Traps on their way to the outbox: together, in order, confirmed once they are on the disk."""

import asyncio
import time
from functools import partial
from pathlib import Path

from agent.point.identity import PointFolder
from agent.point.nudge import nudged
from agent.point.outbox import Outbox
from agent.traps import telling
from agent.traps.telling import Telling
from contracts import codec
from contracts.devices import MAX_TRAPS, SeenTrap, TrapsBody
from contracts.reports import Report
from tests.waiting import until


def trap(number: int) -> SeenTrap:
    return SeenTrap(device_id="sw01", kind="link_down", index=number)


def stored(folder: PointFolder) -> list[TrapsBody]:
    outbox = Outbox(folder.outbox_file)
    reports = [codec.decode(Report, one.payload) for one in outbox.after(0, 1000)]
    outbox.close()
    return [one.body for one in reports if isinstance(one.body, TrapsBody)]


async def test_what_comes_together_is_one_report_and_nudges_the_agent(tmp_path: Path) -> None:
    folder, confirmed, nudges = PointFolder(tmp_path), list[int](), list[None]()
    told = Telling(folder)
    with nudged(folder.nudge_fifo, lambda: nudges.append(None)):
        for number in range(MAX_TRAPS + 1):
            told.tell(trap(number), time.monotonic() - 2, partial(confirmed.append, number))
        running = asyncio.create_task(told.run())
        await until(lambda: len(confirmed) > MAX_TRAPS)
        await until(lambda: nudges)
        running.cancel()
        await told.close()
    bodies = stored(folder)
    assert [len(one.traps) for one in bodies] == [MAX_TRAPS, 1]
    assert [one.index for body in bodies for one in body.traps] == confirmed == [*range(33)]
    assert 2000 <= bodies[0].traps[0].age_ms < 30_000


async def test_nothing_is_confirmed_while_the_disk_cannot_be_used(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(telling, "AGAIN_S", 0.05)
    root = tmp_path / "point"
    root.write_text("in the way")
    folder, confirmed = PointFolder(root), list[int]()
    told = Telling(folder)
    for number in range(telling.MOST_WAITING + 3):
        told.tell(trap(number), time.monotonic(), partial(confirmed.append, number))
    running = asyncio.create_task(told.run())
    # One try has failed once the loop has had its turn.
    await until(lambda: told.totals["lost"] == 3)
    assert confirmed == []
    root.unlink()
    await until(lambda: len(confirmed) == telling.MOST_WAITING)
    assert confirmed == [*range(3, telling.MOST_WAITING + 3)]
    running.cancel()
    await told.close()
