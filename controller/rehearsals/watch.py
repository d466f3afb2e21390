"""Looks every few seconds which rehearsals are due, whose turn it is, and what came of them."""

import asyncio
from collections.abc import Callable

import structlog

from controller.errors import StorageError
from controller.rehearsals.service import RehearsalDesk
from controller.web.live import Hub
from runtime.clock_trust import Doubt
from runtime.guard import guarded

LOOK_EVERY_S = 4.0
_log = structlog.get_logger()


class RehearsalWatch:
    """Looks for as long as the process runs; not by a clock that is in doubt."""

    def __init__(
        self,
        desk: RehearsalDesk,
        hub: Hub,
        *,
        doubt: Callable[[], Doubt | None],
        is_bus_connected: Callable[[], bool],
    ) -> None:
        self._desk = desk
        self._hub = hub
        self._doubt = doubt
        self._is_bus_connected = is_bus_connected

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            with guarded("rehearsals"):
                if self._doubt() is None and self._is_bus_connected():
                    await self._look()

    async def _look(self) -> None:
        try:
            looked = await asyncio.to_thread(self._desk.look)
        except StorageError as exc:
            _log.warning("rehearsals_not_looked_at", error=str(exc))
            return
        for meeting_id in looked.meetings:
            self._hub.publish("rehearsal", {"meeting_id": meeting_id})
