"""The smallest of what was measured over a long time, kept as two spans: this one and the last."""


class Least:
    """One measure; infinite where nothing was noted."""

    def __init__(self, kept_s: float) -> None:
        self._kept_s = kept_s
        self._now = self._before = float("inf")
        self._since, self._noted_since = float("-inf"), float("inf")

    def note(self, measured: float, at: float) -> None:
        """Note what was measured at a time, in seconds."""
        if at - self._since > self._kept_s:
            self._before, self._now = self._now, measured
            self._noted_since = at if self._before == float("inf") else self._since
            self._since = at
        self._now = min(self._now, measured)

    @property
    def value(self) -> float:
        """The smallest of at least one span."""
        return min(self._now, self._before)

    def covers(self, at: float) -> bool:
        """Return whether what was noted at a time counts."""
        return at >= self._noted_since

    def forget(self) -> None:
        """Begin anew."""
        self._now = self._before = float("inf")
        self._since, self._noted_since = float("-inf"), float("inf")
