"""How often one address may ask for something that costs."""

MAX_KEYS = 4096


class RateLimit:
    """A bucket for each key; the keys that asked longest ago are forgotten first."""

    def __init__(self, *, per_s: float, burst: float) -> None:
        self._per_s = per_s
        self._burst = burst
        self._buckets: dict[str, tuple[float, float]] = {}

    def allows(self, key: str, *, now: float) -> bool:
        """Return whether the key may ask now, and count it if so."""
        left, filled_at = self._buckets.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - filled_at) * self._per_s)
        is_allowed = left >= 1
        self._buckets[key] = (left - 1 if is_allowed else left, now)
        if len(self._buckets) > MAX_KEYS:
            del self._buckets[next(iter(self._buckets))]
        return is_allowed
