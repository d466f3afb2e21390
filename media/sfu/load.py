"""Whether the engine keeps up: how late its loop runs, and how much of a core it uses.

Overload shows as delay for everybody, long before anything is lost. It is told from a
machine that stands still by the process' own CPU time: only what we do ourselves is made
better by letting nobody else in.
"""

from collections import deque
from dataclasses import dataclass

from media.sfu.shedding import Shedding

WINDOW_S = 10.0
RECENT_S = 1.0
BUSY_RATIO, CALM_RATIO = 0.7, 0.55
_LEAST_S = 5.0


@dataclass(frozen=True, slots=True)
class _Tick:
    at_s: float
    lag_s: float
    cpu_s: float


class Load:
    """Measurements of the last ten seconds. Times are seconds of one steady clock."""

    def __init__(self, *, lag_limit_s: float) -> None:
        self.lag_limit_s = lag_limit_s
        self.bursts_total = 0
        self.burst_seconds_total = 0.0
        self.burst_longest_s = 0.0
        self.shedding = Shedding()
        self._ticks: deque[_Tick] = deque()

    def ticked(self, lag_s: float, *, cpu_s: float, now_s: float) -> None:
        """Note how much later than planned a timer came, and the process' CPU time so far."""
        self._ticks.append(_Tick(now_s, max(0.0, lag_s), cpu_s))
        while now_s - self._ticks[0].at_s > WINDOW_S:
            self._ticks.popleft()
        lag_s = self.recent_lag_s
        self.shedding.step(
            is_late=lag_s > self.lag_limit_s and self.is_over,
            is_calm=lag_s < self.lag_limit_s / 2 and self.busy_ratio < CALM_RATIO,
            now=now_s,
        )

    def drained(self, took_s: float) -> None:
        """Note how long what came in one burst took to be sent on."""
        self.bursts_total += 1
        self.burst_seconds_total += took_s
        self.burst_longest_s = max(self.burst_longest_s, took_s)

    @property
    def recent_lag_s(self) -> float:
        """How late the loop ran in the last second, on the whole."""
        lags: list[float] = []
        for tick in reversed(self._ticks):
            if self._ticks[-1].at_s - tick.at_s > RECENT_S:
                break
            lags.append(tick.lag_s)
        return sum(lags) / len(lags) if lags else 0.0

    @property
    def lag_p95_s(self) -> float:
        """How late the loop ran, but for one tick in twenty."""
        lags = sorted(tick.lag_s for tick in self._ticks)
        return lags[int(len(lags) * 0.95)] if lags else 0.0

    @property
    def busy_ratio(self) -> float:
        """How much of a core the process used."""
        if not self._ticks or self._span_s <= 0:
            return 0.0
        return (self._ticks[-1].cpu_s - self._ticks[0].cpu_s) / self._span_s

    @property
    def is_over(self) -> bool:
        """Whether one more subscriber would be served at the cost of all."""
        return (
            self._span_s >= _LEAST_S
            and self.busy_ratio >= BUSY_RATIO
            and self.lag_p95_s > self.lag_limit_s
        )

    @property
    def _span_s(self) -> float:
        return self._ticks[-1].at_s - self._ticks[0].at_s if self._ticks else 0.0
