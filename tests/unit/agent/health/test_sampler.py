"""What a sample says besides what was measured."""

import asyncio

from agent.health.sampler import Sampler
from agent.point.journal import Journal
from agent.point.outbox import Outbox
from contracts.machine import BootFacts
from contracts.reports import HealthBody, RoomSection
from monitoring.collectors.roots import Roots
from runtime.clock import Clock
from tests.unit.agent.cases import report


async def said(journal: Journal, count: int) -> list[list[str]]:
    """Return what has failed in so many samples one after the other."""
    sampler = Sampler(
        [],
        journal,
        Clock(),
        Roots(),
        intervals_s={},
        interval_s=lambda: 10.0,
        room=RoomSection,
        stored=lambda _: None,
        sampled=lambda _: None,
        disk_bytes=lambda: 0,
        boot=BootFacts(),
    )
    async with asyncio.TaskGroup() as tasks:
        for _ in range(count):
            await sampler.sample(tasks)
    bodies = [report(entry.payload).body for entry in journal.fresh()]
    return [
        [f"{one.collector}: {one.error}" for one in body.failures]
        for body in bodies
        if isinstance(body, HealthBody)
    ]


async def test_that_reports_were_lost_with_a_damaged_file_is_told_once(tmp_path):
    path = tmp_path / "outbox.db"
    journal = Journal(Outbox(path))
    assert await said(journal, 1) == [[]]
    journal.close()
    path.write_bytes(b"this is no database at all, but text " * 300)
    journal = Journal(Outbox(path))
    first, second, third = await said(journal, 3)
    journal.close()
    assert first + second != [] and third == []
    [told] = first + second
    assert told.startswith("outbox: ") and "outbox.db.damaged" in told
