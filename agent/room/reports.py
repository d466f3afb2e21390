"""A meeting's quality and a rehearsal's result, into the outbox: they come in any case."""

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import structlog

from agent.errors import OutboxUnavailable
from agent.point.outbox import Outbox
from agent.point.stamp import Stamp
from contracts.rehearsal import RehearsalBody
from contracts.reports import MediaBody

MAX_WAITING = 360
_log = structlog.get_logger()


class ReportWriter:
    """Appends reports on a thread of its own: a disk may take its time.

    Where the file cannot be used the newest 360 reports wait, an hour's at 10 s.
    """

    def __init__(self, path: Path) -> None:
        self._outbox = Outbox(path)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="outbox")
        self._waiting: deque[tuple[MediaBody | RehearsalBody, Stamp]] = deque(maxlen=MAX_WAITING)
        self.written_total = 0

    async def write(self, body: MediaBody | RehearsalBody, at: Stamp) -> None:
        """Store a report, and those that waited."""
        self._waiting.append((body, at))
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._store_waiting)

    async def close(self) -> None:
        """Close the file."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._outbox.close)
        self._thread.shutdown(wait=False)

    def _store_waiting(self) -> None:
        while self._waiting:
            body, at = self._waiting[0]
            try:
                self._outbox.append(body, at)
            except OutboxUnavailable as exc:
                _log.error("media_report_waits", waiting=len(self._waiting), error=str(exc))
                return
            self._waiting.popleft()
            self.written_total += 1
