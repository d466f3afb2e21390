"""When old rows leave: step by step between batches, and by no clock that is in doubt."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

import structlog

from controller.errors import StorageError
from controller.ingest import retention
from controller.ingest.retention import Kept, Step
from controller.ingest.store import SeriesStore
from controller.ingest.writer import Writer
from runtime.clock_trust import Doubt

_log = structlog.get_logger()

EVERY_S = 600.0
EXCESS_EVERY_S = 24 * 3600.0
PAUSE_S = 0.05


class Pruning:
    """Removes by age every ten minutes; hours, and what is too much of one point, once a day."""

    def __init__(
        self,
        writer: Writer,
        store: SeriesStore,
        now: Callable[[], tuple[datetime, Doubt | None]],
        kept: Kept = retention.USUAL,
    ) -> None:
        """Prepare.

        Args:
            now: tells the time, and why nothing may be removed by it.
        """
        self._writer = writer
        self._store = store
        self._now = now
        self._kept = kept
        self._excess_at_s = float("-inf")
        self.pruned_total = 0

    async def run(self) -> None:
        """Remove for ever."""
        while True:
            try:
                await self._prune()
            except StorageError as exc:
                _log.warning("retention_stopped", error=str(exc))
            await asyncio.sleep(EVERY_S)

    async def _prune(self) -> None:
        now, doubt = self._now()
        if doubt is None:
            keys = await self._writer.do(self._store.run, retention.outbox_keys)
            for step in retention.steps(keys, now, self._kept):
                await self._repeat(step)
            await self._forget_outboxes(now)
        else:
            _log.warning("retention_put_off", reason=doubt.value)
        if time.monotonic() - self._excess_at_s >= EXCESS_EVERY_S:
            self._excess_at_s = time.monotonic()
            points = await self._writer.do(self._store.run, retention.points)
            for step in retention.excess_steps(points):
                await self._repeat(step)
            if doubt is None:
                for step in retention.hourly_steps(points, now, self._kept):
                    await self._repeat(step)

    async def _forget_outboxes(self, now: datetime) -> None:
        for key in await self._writer.do(self._store.run, retention.forgotten_outboxes(now)):
            await self._repeat(retention.emptying(key))
            await self._writer.do(self._store.forget_outbox, key)

    async def _repeat(self, step: Step) -> None:
        while removed := await self._writer.do(self._store.run, step):
            self.pruned_total += removed
            await asyncio.sleep(PAUSE_S)
