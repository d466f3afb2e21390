"""How often a point probes its line. Pure.

five times a second      as the centre asks
once a second            where a meeting is on or near, whose packets tell more
once a second at most    where the line is charged by volume, and then as long as what a
                         month's share of the probes has gathered lasts
"""

from runtime.limits import TokenBucket

THIN_PER_S = 1.0
IP_AND_UDP_BYTES = 28
WIRE_BYTES = 2 * (112 + IP_AND_UDP_BYTES)
"""A probe and its answer, over IPv4."""
MONTH_S = 30 * 86_400.0
METERED_BYTES_PER_MONTH = 30_000_000
GATHERED_S = 3600.0
"""For how long a share is saved up: a start after a night must not spend a day's."""


class Pace:
    """Says before each probe whether it may go, and when to ask again."""

    def __init__(self, bytes_per_month: float = METERED_BYTES_PER_MONTH) -> None:
        per_s = bytes_per_month / MONTH_S
        self._budget = TokenBucket(per_s=per_s, burst=per_s * GATHERED_S)

    def interval_s(self, per_s: float, *, is_thin: bool) -> float:
        """Return the time from one probe to the next. `per_s` is above 0."""
        return 1 / (min(per_s, THIN_PER_S) if is_thin else per_s)

    def may_send(self, *, is_metered: bool, now_s: float) -> bool:
        """Take a probe from the month's share, where the line is charged by volume."""
        return not is_metered or self._budget.take(now_s=now_s, amount=WIRE_BYTES)
