"""Whether a clock is believed where it ends or deletes something: that cannot be taken back.

A room that hears "the meeting is over" leaves it, what is forgotten comes again only with the
broker's next session, and a recording that was too old does not come again. So while there is a
doubt nothing ends by the clock; what the centre ends, ends.
"""

import time
from collections.abc import Callable
from datetime import datetime

import structlog

from runtime.clock import Clock
from runtime.clock_trust import ClockTrust, Doubt

_log = structlog.get_logger()


class EndClock:
    """Watches the clock beside one that nobody sets, and beside the centre's documents."""

    def __init__(self, clock: Clock, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._trust = ClockTrust()
        self._newest: datetime | None = None
        self._told: Doubt | None = None
        self._trust.look(now=clock.now(), now_s=monotonic())

    def heard(self, issued_at: datetime) -> None:
        """Take note of when the centre has written a document."""
        self._newest = max(issued_at, self._newest or issued_at)

    def doubt(self) -> Doubt | None:
        """Return why nothing may end by the clock now; None: it may. Logged as it changes.

        Asked every few seconds, so that leaps are seen.
        """
        doubt = self._trust.doubt(
            now=self._clock.now(),
            now_s=self._monotonic(),
            is_synchronised=self._clock.state().source != "unknown",
            newest=self._newest,
        )
        if doubt is not self._told:
            self._told = doubt
            _log.warning("clock_doubted", doubt=doubt.value if doubt else "not any more")
        return doubt
