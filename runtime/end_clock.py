"""Whether a clock is believed where it ends or deletes something: that cannot be taken back.

A room that hears "the meeting is over" leaves it, what is forgotten comes again only with the
broker's next session, and a recording that was too old does not come again. So while there is a
doubt nothing ends by the clock; what the centre ends, ends.
"""

from datetime import datetime

import structlog

from runtime.clock import Clock
from runtime.clock_trust import ClockTrust, Doubt

_log = structlog.get_logger()


class EndClock:
    """Watches the clock beside the boot clock, which nobody sets, and beside what is known."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._trust = ClockTrust()
        self._newest: datetime | None = None
        self._told: Doubt | None = None
        self._trust.look(now=clock.now(), now_s=clock.monotonic_ms() / 1000)

    def heard(self, at: datetime) -> None:
        """Take note of an instant that is past: when the centre wrote, or a meeting was on."""
        self._newest = max(at, self._newest or at)

    def doubt(self) -> Doubt | None:
        """Return why nothing may end by the clock now; None: it may. Logged as it changes.

        Asked every few seconds, so that leaps are seen.
        """
        doubt = self._trust.doubt(
            now=self._clock.now(),
            now_s=self._clock.monotonic_ms() / 1000,
            is_synchronised=self._clock.state().source != "unknown",
            newest=self._newest,
        )
        if doubt is not self._told:
            self._told = doubt
            _log.warning("clock_doubted", doubt=doubt.value if doubt else "not any more")
        return doubt
