"""Looks every ten seconds whose line is to be tested, and what came of tests."""

import asyncio
from collections.abc import Callable

import structlog

from controller.errors import StorageError
from controller.line_tests.service import LineTestDesk
from controller.web.live import Hub
from runtime.clock_trust import Doubt
from runtime.guard import guarded

LOOK_EVERY_S = 10.0
_log = structlog.get_logger()


class LineTestWatch:
    """Looks for as long as the process runs; not by a clock that is in doubt."""

    def __init__(
        self,
        desk: LineTestDesk,
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
            with guarded("line_tests"):
                if self._doubt() is None and self._is_bus_connected():
                    await self._look()

    async def _look(self) -> None:
        try:
            changed = await asyncio.to_thread(self._desk.look)
        except StorageError as exc:
            _log.warning("line_tests_not_looked_at", error=str(exc))
            return
        for point_id in changed:
            self._hub.publish("throughput", {"point_id": point_id})
