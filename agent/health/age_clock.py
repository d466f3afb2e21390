"""By which time what is old may be deleted at a point: none, where nobody vouches for it."""

import time
from collections.abc import Callable
from datetime import datetime

import structlog

from runtime.clock import Clock
from runtime.clock_trust import ClockTrust

_log = structlog.get_logger()


class AgeClock:
    """Watches the point's clock; `look` is called every few seconds, so that leaps are seen."""

    def __init__(self, clock: Clock, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._trust = ClockTrust()

    def look(self) -> None:
        """Note the clock beside one that nobody sets."""
        self._trust.look(now=self._clock.now(), now_s=self._monotonic())

    def now(self) -> datetime | None:
        """Return the time; None: it is not known, or has leapt a moment ago."""
        if self._clock.state().source == "unknown":
            return None
        now = self._clock.now()
        doubt = self._trust.doubt(now=now, now_s=self._monotonic())
        if doubt is not None:
            _log.warning("nothing_deleted_by_age", doubt=doubt.value)
            return None
        return now
