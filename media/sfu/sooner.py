"""Whether sounds come sooner than they can on a line of so little.

A sound takes a thin line's time to go out: on 64 kbit/s it comes 13 ms later than on a wide one.
Where a line carried much a moment ago, and is now taken to be thin, its sounds have to come later
by that, even the soonest of a second. Where that does not, the line is not what made it look thin:
a receiver did that hardly ran, and read late. Then it may be asked soon, as any other.
"""

from media.sfu.delay_trend import DelayTrend

SOUND_BYTES = 108
KNOWN_BPS = 200_000.0  # on which a sound takes next to no time
LEAST_BPS = 64_000.0  # whatever is found while a queue is drained
SHOWN = 0.4  # of what a sound takes on such a line; there may be smaller ones
KEPT_S = 16.0  # a receiver that hardly runs shows it now and then


class SoonerSounds:
    """One direction of one line. Times are when packets were sent, in seconds."""

    def __init__(self) -> None:
        self._known_at = self._shown_at = float("-inf")

    def note(
        self,
        trend: DelayTrend,
        *,
        arrived_bps: float,
        usable_bps: float,
        has_queue: bool,
        at: float,
    ) -> None:
        """Note what came by now, and what the line is taken to carry."""
        if arrived_bps > KNOWN_BPS and not has_queue:
            self._known_at = at
        soonest_ms = trend.soonest_ms
        if soonest_ms is None or usable_bps > KNOWN_BPS or not trend.covers(self._known_at):
            return
        if soonest_ms < SHOWN * 8000 * SOUND_BYTES / max(LEAST_BPS, usable_bps):
            self._shown_at = at

    def are_shown(self, at: float) -> bool:
        """Return whether it was so a moment ago."""
        return at - self._shown_at < KEPT_S
