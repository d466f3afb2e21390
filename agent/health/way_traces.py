"""Traces the way to the centre: once a day, when the line is in trouble, when somebody asks.

What a trace finds is a report like any other: kept in the outbox while the centre cannot be
reached, and sent with the late data. When it is time says monitoring/way/trace_due.py; what was
traced within the last day is kept in a file, so that a machine that restarts all the time traces
no oftener.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

from contracts.desired import Probes
from contracts.reports import HealthBody
from contracts.way import WayBody, WayReason, WayTrouble
from monitoring.errors import CollectorError
from monitoring.listeners import way_tracer
from monitoring.listeners.addresses import Address, addresses_of
from monitoring.listeners.target import ProbeTarget, target_of
from monitoring.way import way_body
from monitoring.way.line_trouble import LineTrouble
from monitoring.way.trace import QUIET_LIMITS, USUAL_LIMITS, Traced, WayEnd
from monitoring.way.trace_due import DAY_S, TraceDue
from runtime import atomic
from runtime.guard import guarded

LOOK_EVERY_S = 1.0
RESOLVE_S = 3.0
_WHOLE = frozenset((WayEnd.REACHED, WayEnd.REFUSED))
_log = structlog.get_logger()


class WayTraces:
    """Runs for ever. `took` is given what to report.

    Args:
        answering: the address of the centre that answered probes last, if any did.
        times_file: where the last day's traces are kept.
    """

    def __init__(
        self,
        *,
        probes: Callable[[], Probes | None],
        answering: Callable[[], Address | None],
        is_free: Callable[[], bool],
        is_metered: Callable[[], bool],
        took: Callable[[WayBody], None],
        times_file: Path,
    ) -> None:
        self._probes = probes
        self._answering = answering
        self._is_free = is_free
        self._is_metered = is_metered
        self._took = took
        self._times_file = times_file
        self._trouble = LineTrouble()
        self._due = TraceDue(time.monotonic(), _known_times(times_file))
        self._asked = _asked(probes())
        self._told = self._asked or 0

    def reported(self, body: HealthBody) -> None:
        """Take what was just measured of the line."""
        self._trouble.reported(body)

    async def run(self) -> None:
        """Trace when it is time."""
        while True:
            with guarded("way"):
                await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Trace, if it is time."""
        probes = self._probes()
        asked = _asked(probes)
        if probes is None or asked is None:
            return  # nothing is probed, or the centre would not know what it is told
        if self._asked is None:
            self._asked = self._told = asked
        trouble, is_metered, is_free = self._trouble.now, self._is_metered(), self._is_free()
        now_s, is_asked = time.monotonic(), asked > self._told
        reason = self._due.reason(
            now_s, trouble=trouble, is_asked=is_asked, is_metered=is_metered, is_free=is_free
        )
        if reason is not None:
            traced = await self._trace(probes, reason, trouble, is_quiet=is_metered or not is_free)
            self._due.traced(reason, time.monotonic(), is_whole=traced.ending in _WHOLE)
            self._keep_times()
        elif is_asked:
            self._took(WayBody(reason="asked", ending="not_traced", traces_asked=asked))
        self._told = max(self._told, asked) if is_asked else self._told

    async def _trace(
        self, probes: Probes, reason: WayReason, trouble: WayTrouble, *, is_quiet: bool
    ) -> Traced:
        limits, began_s = QUIET_LIMITS if is_quiet else USUAL_LIMITS, time.monotonic()
        traced, to = way_tracer.no_way(), ""
        try:
            target = target_of(probes)
            address = await self._address(target)
            to = str(address[1][0])
            traced = await way_tracer.trace(address, way_tracer.StampQuestions(target), limits)
        except CollectorError as exc:
            _log.info("way_not_traced", error=str(exc))
        body = way_body.body_of(
            traced,
            reason=reason,
            trouble=trouble,
            to=to,
            duration_s=time.monotonic() - began_s,
            traces_asked=_asked(probes) or 0,
        )
        _log.info(
            "way_traced", reason=reason, trouble=trouble, ending=body.ending, hops=len(body.hops)
        )
        self._took(body)
        return traced

    async def _address(self, target: ProbeTarget) -> Address:
        """Return where to trace to; what answered before counts, a name may not be found now.

        Raises:
            CollectorError: there is no address.
        """
        known = self._answering()
        if known is not None:
            return known
        try:
            async with asyncio.timeout(RESOLVE_S):
                return (await addresses_of(target.host, target.port))[0]
        except TimeoutError as exc:
            raise CollectorError(f"no name server finds {target.host}") from exc

    def _keep_times(self) -> None:
        wall_s, now_s = time.time(), time.monotonic()
        kept = [round(wall_s - (now_s - one)) for one in self._due.times_s]
        with contextlib.suppress(OSError):
            atomic.write_bytes(self._times_file, msgspec.json.encode(kept))


def _asked(probes: Probes | None) -> int | None:
    """Return how often somebody asked; None: the centre is of before."""
    return probes.traces_asked if probes and isinstance(probes.traces_asked, int) else None


def _known_times(path: Path) -> list[float]:
    """Return when it was traced within the last day, on the monotonic clock."""
    try:
        kept = msgspec.json.decode(path.read_bytes()[:4096], type=list[float])
    except (OSError, msgspec.DecodeError):
        return []
    wall_s, now_s = time.time(), time.monotonic()
    return sorted(now_s - (wall_s - one) for one in kept if 0 <= wall_s - one < DAY_S)
