"""Takes reports to the database in batches; keeps them while it cannot be written.

Its queue has a rule for each kind of full: where the database is only slow, whoever
brings a report waits; where it cannot be written, the oldest leave, uncommitted and
therefore not acknowledged, so that their points send them again afterwards.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import ParamSpec, TypeVar

import structlog

from controller.errors import StorageError
from controller.ingest.arrivals import Arrival, OutboxName
from controller.ingest.store import Committed, SeriesStore
from runtime.guard import guarded

_log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")

BATCH_ROWS = 500
BATCH_WAIT_S = 0.05
QUEUE_LIMIT = 5_000
FIRST_RETRY_S, LAST_RETRY_S = 1.0, 10.0


class Writer:
    """One thread that writes; the event loop never waits inside the database."""

    def __init__(
        self,
        store: SeriesStore,
        *,
        on_committed: Callable[[Committed], Awaitable[None]],
        on_recovered: Callable[[], None],
    ) -> None:
        """Prepare.

        Args:
            on_committed: told of every batch after its commit.
            on_recovered: told when the database takes writes again; reports may have
                been dropped meanwhile.
        """
        self._store = store
        self._on_committed = on_committed
        self._on_recovered = on_recovered
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="series-writer")
        self._queue: deque[Arrival] = deque()
        self._has_work = asyncio.Event()
        self._has_batch = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self.is_failing = False
        self.dropped_total = 0

    @property
    def waiting(self) -> int:
        """How many reports wait to be written."""
        return len(self._queue)

    async def put(self, arrival: Arrival) -> None:
        """Queue one report; waits for room unless the database cannot be written."""
        while len(self._queue) >= QUEUE_LIMIT:
            if self.is_failing:
                self._queue.popleft()
                self.dropped_total += 1
            else:
                await self._has_room.wait()
        self._queue.append(arrival)
        self._note_length()

    async def run(self) -> None:
        """Write batches for ever."""
        while True:
            await self._has_work.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(BATCH_WAIT_S):
                    await self._has_batch.wait()
            await self._write_batch()

    async def drain(self) -> None:
        """Write what waits, at shutdown; gives up where the database cannot be written."""
        while self._queue and not self.is_failing:
            await self._write_batch()

    async def do(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run other work of the store in the writing thread, between two batches.

        Raises:
            StorageError: the database cannot be used now.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: work(*args, **kwargs))

    async def refuse(self, name: OutboxName, seq: int, now: datetime) -> None:
        """Hold the number of a report that cannot be stored; it comes again where this fails."""
        try:
            await self.do(self._store.refuse, name, seq, now)
        except StorageError as exc:
            _log.warning("refusal_not_written", point_id=name.point_id, seq=seq, error=str(exc))

    def close(self) -> None:
        """Wait for the writing thread to end."""
        self._thread.shutdown(wait=True)

    async def _write_batch(self) -> None:
        batch = [self._queue.popleft() for _ in range(min(BATCH_ROWS, len(self._queue)))]
        self._note_length()
        retry_s = FIRST_RETRY_S
        try:
            while True:
                try:
                    committed = await self.do(self._store.commit, batch)
                    break
                except StorageError as exc:
                    self._note_failure(exc, len(batch), retry_s)
                await asyncio.sleep(retry_s)
                retry_s = min(retry_s * 2, LAST_RETRY_S)
        except asyncio.CancelledError:
            self._queue.extendleft(reversed(batch))
            raise
        self._note_success()
        with guarded("committed"):
            await self._on_committed(committed)

    def _note_failure(self, exc: StorageError, count: int, retry_s: float) -> None:
        self.is_failing = True
        self._has_room.set()
        _log.error(
            "series_write_failed",
            error=str(exc),
            kind=type(exc).__name__,
            waiting=count + len(self._queue),
            dropped_total=self.dropped_total,
            retry_s=retry_s,
        )

    def _note_success(self) -> None:
        if self.is_failing:
            self.is_failing = False
            _log.info("series_write_resumed", dropped_total=self.dropped_total)
            self._on_recovered()
        self._note_length()

    def _note_length(self) -> None:
        length = len(self._queue)
        for event, is_so in (
            (self._has_work, length > 0),
            (self._has_batch, length >= BATCH_ROWS),
            (self._has_room, length < QUEUE_LIMIT or self.is_failing),
        ):
            if is_so:
                event.set()
            else:
                event.clear()
