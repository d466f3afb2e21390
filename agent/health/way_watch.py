"""Notices that another interface leads out, and has begun anew what went by the one before.

TCP would wait for that for as long as a point may be silent: it would be told as an outage.
"""

import asyncio
from pathlib import Path

import structlog

from monitoring.collectors.routes import DefaultRoute, default_route
from monitoring.errors import CollectorError
from monitoring.listeners.line_prober import LinkProber
from runtime.bus import Bus

LOOK_EVERY_S = 2.0
_log = structlog.get_logger()


class WayWatch:
    """Looks for as long as the process runs."""

    def __init__(self, proc: Path, bus: Bus, prober: LinkProber) -> None:
        self._proc = proc
        self._bus = bus
        self._prober = prober
        self._way: DefaultRoute | None = None
        self.has_changed()

    @property
    def interface(self) -> str:
        """What leads out, or did last; empty: nothing has yet."""
        return self._way.interface if self._way else ""

    async def run(self) -> None:
        """Look for ever."""
        while True:
            if self.has_changed():
                _log.info("way_out_changed", interface=self.interface)
                self._bus.begin_anew("another way leads out")
                self._prober.begin_anew()
            await asyncio.sleep(LOOK_EVERY_S)

    def has_changed(self) -> bool:
        """Look; return whether another way leads out than before. None at all is no other way."""
        try:
            way = default_route(self._proc)
        except CollectorError:
            return False  # told with the report, by who collects it
        before, self._way = self._way, way or self._way
        return before is not None and self._way != before
