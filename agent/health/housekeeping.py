"""What is done now and then beside everything else: memory is given back, old reports leave."""

import asyncio
from datetime import timedelta

import structlog

from agent.health.age_clock import AgeClock
from agent.health.settings import OutboxSettings
from agent.point.journal import Journal
from runtime import lean

SETTLE_AFTER_S = 20.0
PRUNE_EVERY_S = 600.0
_log = structlog.get_logger()


async def keep_house(journal: Journal, age_clock: AgeClock, outbox: OutboxSettings) -> None:
    """Give memory back once all is up, then let old reports leave now and then."""
    await asyncio.sleep(SETTLE_AFTER_S)
    lean.settle()
    while True:
        deleted = journal.prune(
            now=age_clock.now(),
            keep=timedelta(days=outbox.keep_days),
            max_bytes=outbox.max_mb << 20,
        )
        _log.debug("housekeeping_done", deleted=deleted)
        await asyncio.sleep(1.0 if deleted else PRUNE_EVERY_S)
