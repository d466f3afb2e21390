"""What a stream measures in bits per second, over the last second or so."""

INTERVAL_S = 0.5
_KEPT = 0.5  # of what was measured before


class RateMeter:
    """One stream. `bps` is None until it was measured, and where it stands still."""

    def __init__(self) -> None:
        self.octets = 0
        self.bps: float | None = None
        self._octets_before = 0
        self._measured_at = float("-inf")

    def sample(self, *, now: float) -> None:
        """Measure what was added to `octets`, where that is due."""
        passed_s = now - self._measured_at
        if passed_s < INTERVAL_S:
            return
        bps = 8 * (self.octets - self._octets_before) / passed_s
        if not bps or not self._octets_before:
            self.bps = None
        else:
            self.bps = bps if self.bps is None else self.bps + (1 - _KEPT) * (bps - self.bps)
        self._measured_at, self._octets_before = now, self.octets
