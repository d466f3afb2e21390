"""Whose proved probes came from where, in the file that ingest reads."""

import asyncio
from contextlib import suppress

from contracts import codec
from contracts.seen_addresses import MAX_SEEN, SeenAddress, SeenAddresses
from monitoring.reflector.seen_sources import HEARD_S, SeenSources
from tests.waiting import until


async def test_who_was_heard_lately_is_in_the_file(tmp_path):
    file = tmp_path / "seen.json"
    sources, now_s = SeenSources(file), asyncio.get_running_loop().time()
    sources.heard(9, "::ffff:203.0.113.9", now_s)
    sources.heard(4, "2001:db8::4%eth0", now_s)
    sources.heard(5, "203.0.113.5", now_s - HEARD_S - 1)
    sources.heard(MAX_SEEN + 1, "203.0.113.6", now_s)
    running = asyncio.create_task(sources.run())
    await until(file.exists)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    told = codec.decode(SeenAddresses, file.read_bytes())
    assert told.addresses == (
        SeenAddress(probe_id=4, address="2001:db8::4"),
        SeenAddress(probe_id=9, address="203.0.113.9"),
    )


async def test_a_folder_that_is_gone_costs_no_answer_and_no_file_keeps_nothing(tmp_path):
    sources = SeenSources(tmp_path / "gone" / "seen.json")
    sources.heard(9, "203.0.113.9", 0.0)
    running = asyncio.create_task(sources.run())
    await asyncio.wait({running}, timeout=0.2)
    assert not running.done()
    running.cancel()
    await asyncio.wait({running})
    without = SeenSources(None)
    without.heard(9, "203.0.113.9", 0.0)
    await without.run()
    assert without.lately(0.0) == {}
