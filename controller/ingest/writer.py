"""Takes reports to the database in batches; keeps them while it cannot be written.

While its queue is full, whoever brings a report waits, and with him the broker: it is
told that a report need not be kept any more once the report is committed.
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
    ) -> None:
        """Prepare.

        Args:
            on_committed: told of every batch after its commit.
        """
        self._store = store
        self._on_committed = on_committed
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="series-writer")
        self._queue: deque[Arrival] = deque()
        self._put_total = self._written_total = 0
        self._afterwards: deque[tuple[int, Callable[[], None]]] = deque()
        self._has_work = asyncio.Event()
        self._has_batch = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self.is_failing = False

    @property
    def waiting(self) -> int:
        """How many reports wait to be written."""
        return len(self._queue)

    async def put(self, arrival: Arrival) -> None:
        """Queue one report; waits for room."""
        while len(self._queue) >= QUEUE_LIMIT:
            await self._has_room.wait()
        self._queue.append(arrival)
        self._put_total += 1
        self._note_length()

    def then(self, tell: Callable[[], None]) -> None:
        """Call this once everything that was put until now is committed."""
        self._afterwards.append((self._put_total, tell))
        self._call_due()

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
        except BaseException:  # it is not lost, and nothing after it is confirmed before it
            self._queue.extendleft(reversed(batch))
            raise
        self._note_success()
        with guarded("committed"):
            await self._on_committed(committed)
        for arrival in batch:
            arrival.confirm()
        self._written_total += len(batch)
        self._call_due()

    def _call_due(self) -> None:
        while self._afterwards and self._afterwards[0][0] <= self._written_total:
            with guarded("committed"):
                self._afterwards.popleft()[1]()

    def _note_failure(self, exc: StorageError, count: int, retry_s: float) -> None:
        self.is_failing = True
        _log.error(
            "series_write_failed",
            error=str(exc),
            kind=type(exc).__name__,
            waiting=count + len(self._queue),
            retry_s=retry_s,
        )

    def _note_success(self) -> None:
        if self.is_failing:
            self.is_failing = False
            _log.info("series_write_resumed", waiting=len(self._queue))
        self._note_length()

    def _note_length(self) -> None:
        length = len(self._queue)
        for event, is_so in (
            (self._has_work, length > 0),
            (self._has_batch, length >= BATCH_ROWS),
            (self._has_room, length < QUEUE_LIMIT),
        ):
            if is_so:
                event.set()
            else:
                event.clear()
