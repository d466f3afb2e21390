"""Padding that finds out whether a line carries more than is sent on it.

What is sent beside it counts: both together are half more than what the line is known to
carry, so that each step is small, and the next one begins where the line has shown that it
carried this one. Whoever looks for a queue ends it (ladder.py).
"""

from media.sfu.send_log import SendLog

STEP = 1.5  # of what the line is known to carry
MOST_CREDIT_S = 0.02  # what could not be sent in time is not made up for
LEAST_BYTES = 40  # a packet of padding that is worth its header


class Probe:
    """The padding of one line. `aim_bps` is what is to be shown to be carried; None: nothing."""

    def __init__(self, log: SendLog) -> None:
        self.aim_bps: float | None = None
        self._log = log
        self._seen = 0
        self._credit = 0.0
        self._at = 0.0

    def aim(self, bps: float | None, *, now: float) -> None:
        """Begin, go on, or end."""
        if self.aim_bps is None and bps is not None:
            self._seen, self._credit, self._at = self._log.next_number - 1, 0.0, now
        self.aim_bps = bps

    def due(self, known_bps: float, *, now: float) -> int:
        """Return how many bytes of padding are to be sent now; ask every 5 ms or so.

        Args:
            known_bps: what the line is known to carry.
        """
        if self.aim_bps is None:
            return 0
        rate_bps = min(self.aim_bps, STEP * known_bps)
        passed_s, self._at = now - self._at, now
        sent = self._log.bytes_after(self._seen)
        self._seen = self._log.next_number - 1
        most = rate_bps * MOST_CREDIT_S / 8
        self._credit = min(most, self._credit + rate_bps * passed_s / 8 - sent)
        octets = int(self._credit)
        return octets if octets >= LEAST_BYTES else 0
