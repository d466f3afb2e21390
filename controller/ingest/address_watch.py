"""Reads from which addresses points come: the reflector of their probes writes it to a file.

The addresses are proved by each point's key (monitoring/reflector/seen_sources.py). A file that is
not there, is old or cannot be read says nothing: what is known stays as it is.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog

from contracts import codec
from contracts.errors import MalformedPayload
from contracts.ids import PointId
from contracts.seen_addresses import SeenAddresses
from controller.errors import StorageError
from controller.ingest import address_rows
from controller.ingest.notices import Notices
from controller.ingest.store import SeriesStore
from controller.ingest.writer import Writer
from runtime.guard import guarded

_log = structlog.get_logger()

LOOK_EVERY_S = 10.0
OLD = timedelta(minutes=2)
MOST_BYTES = SeenAddresses.max_bytes


class AddressWatch:
    """Looks for as long as ingest runs. `moved` is told of each point that came from elsewhere."""

    def __init__(
        self,
        file: Path | None,
        store: SeriesStore,
        writer: Writer,
        notices: Notices,
        *,
        now: Callable[[], datetime],
        numbers: Callable[[], Mapping[int, PointId]],
        moved: Callable[[PointId, datetime], None],
    ) -> None:
        self._file = file
        self._store = store
        self._writer = writer
        self._notices = notices
        self._now = now
        self._numbers = numbers
        self._moved = moved
        self._problem = ""

    async def run(self) -> None:
        """Look for ever; without a file there is nothing to look at."""
        while self._file is not None:
            with guarded("addresses"):
                await self.look(self._file)
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self, file: Path) -> None:
        """Look once."""
        seen = await asyncio.to_thread(self._read, file)
        now, numbers = self._now(), self._numbers()
        if seen is None or not -OLD <= now - seen.written_at <= OLD:
            return
        found = {
            numbers[one.probe_id]: one.address
            for one in seen.addresses
            if one.probe_id in numbers and one.address
        }
        if not found:
            return
        try:
            work = partial(address_rows.write, seen=found, now=now)
            moved = await self._writer.do(self._store.run, work)
        except StorageError as exc:
            _log.warning("addresses_not_written", error=str(exc))
            return
        for point_id, (before, after) in moved.items():
            _log.info("public_address_changed", point_id=point_id, before=before, after=after)
            self._moved(point_id, now)
        await self._notices.ways(moved)

    def _read(self, file: Path) -> SeenAddresses | None:
        problem, seen = "", None
        try:
            with file.open("rb") as opened:
                seen = codec.decode(SeenAddresses, opened.read(MOST_BYTES + 1))
        except FileNotFoundError:
            problem = "it is not there"
        except (OSError, MalformedPayload) as exc:
            problem = str(exc)
        if problem != self._problem:
            self._problem = problem
            if problem:
                _log.warning("addresses_unread", file=str(file), error=problem)
        return seen
