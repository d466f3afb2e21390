"""The smallest of what was measured over a long time, kept as two spans: this one and the last."""


class Least:
    """One measure; infinite where nothing was noted."""

    def __init__(self, kept_s: float) -> None:
        self._kept_s = kept_s
        self._now = self._before = float("inf")
        self._since = float("-inf")

    def note(self, measured: float, at: float) -> None:
        """Note what was measured at a time, in seconds."""
        if at - self._since > self._kept_s:
            self._before, self._now, self._since = self._now, measured, at
        self._now = min(self._now, measured)

    @property
    def value(self) -> float:
        """The smallest of at least one span."""
        return min(self._now, self._before)

    def forget(self) -> None:
        """Begin anew."""
        self._now = self._before = float("inf")
        self._since = float("-inf")
