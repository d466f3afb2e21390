"""The line to one subscriber: what is known of it, and what may be sent again on it.

Sending again is bounded in numbers that are looked up, in bytes, and to once per packet and
round trip. Answering every request makes a storm on a thin line: what is lost of the
answers is asked for again.
"""

from media.sfu.bandwidth import Estimate
from media.sfu.sizes import Size
from media.wire.nack import GIVE_UP_MS, MAX_MISSING
from runtime.limits import TokenBucket

NUMBERS_PER_S, NUMBERS_BURST = 256, 512
AGAIN_BYTES_PER_S, AGAIN_BURST_BYTES = 60_000, 40_000
# A line of which nothing is known is taken to carry two large pictures.
START_BPS = 4_000_000.0
_ASSUMED_ROUND_TRIP_S = 0.05
_SHORTEST_ROUND_TRIP_S = 0.01


class Downlink:
    """One subscriber's line; None: not known yet."""

    def __init__(
        self,
        *,
        bytes_per_s: float = AGAIN_BYTES_PER_S,
        burst_bytes: float = AGAIN_BURST_BYTES,
        start_bps: float = START_BPS,
    ) -> None:
        self.estimate = Estimate(start_bps=start_bps)
        self.round_trip_s: float | None = None
        self._numbers = TokenBucket(per_s=NUMBERS_PER_S, burst=NUMBERS_BURST)
        self._bytes = TokenBucket(per_s=bytes_per_s, burst=burst_bytes)
        self._sent_at: dict[tuple[int, int], float] = {}

    def limit_of(self, slot: str) -> Size:
        """Return the largest picture that the line carries in a slot."""
        del slot  # every line is taken to carry whatever there is
        return Size.HIGH

    def looked_up(self, count: int, *, now: float) -> int:
        """Return how many of so many numbers may be looked up now, and count them."""
        allowed = min(count, int(self._numbers.left(now_s=now)))
        self._numbers.spend(now_s=now, amount=allowed)
        return allowed

    def sends_again(self, stream: int, sequence_number: int, size: int, *, now: float) -> bool:
        """Return whether this packet is sent again now, and count it if so."""
        key = (stream, sequence_number)
        last = self._sent_at.get(key)
        wait_s = max(self.round_trip_s or _ASSUMED_ROUND_TRIP_S, _SHORTEST_ROUND_TRIP_S)
        if last is not None and now - last < wait_s:
            return False
        if not self._bytes.take(now_s=now, amount=size):
            return False
        if len(self._sent_at) >= 4 * MAX_MISSING:
            kept_s = GIVE_UP_MS / 1000
            self._sent_at = {k: at for k, at in self._sent_at.items() if now - at < kept_s}
        self._sent_at[key] = now
        return True
