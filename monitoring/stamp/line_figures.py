"""From settled probes to what a report says of the line: loss, delay, jitter, each way. Pure.

Jitter of a direction is the delay variation of RFC 3393 with neighbours as the selection function:
the difference of the delays of two probes sent one after the other, both of which arrived, as the
value that 95 of 100 stay within. What two clocks differ by falls out of it.

A delay of one direction is said above the least of the last minute: what two clocks differ by is
not known, and hardly changes within it (100 ppm are 6 ms a minute). Only where somebody keeps both
clocks right is the whole of it said too.
"""

import math
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean, median

from contracts.line import LineHistogram, LineSection, LineWay, ProbedMinute
from monitoring.histogram import bin_of
from monitoring.stamp.ledger import Passage, Settled, is_next

DECIMALS = 2
MINUTE_S = 60.0
LEAST_KEPT_S = 60.0
JITTER_SHARE = 0.95
KNOWN_WELL_NS = 5_000_000
MOST_MS = 600_000
"""Longer than any packet is on its way; a report that says more is none of this contract."""

_Delay = Callable[[Passage], int]


def _up(passage: Passage) -> int:
    return passage.up_ns


def _down(passage: Passage) -> int:
    return passage.down_ns


def counted(delays_ms: Iterable[float]) -> LineHistogram:
    """Return how many delays are in each bin that has any."""
    return tuple(sorted(Counter(map(bin_of, delays_ms)).items()))


def share_within(values: Sequence[float], share: float) -> float | None:
    """Return the least value that a share of them stays within (nearest rank); None: no values."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


@dataclass(slots=True)
class _Least:
    """The quickest of the last minute."""

    kept: deque[tuple[float, int]] = field(default_factory=deque)

    def with_these(self, delays_ns: Sequence[int], now_s: float) -> int:
        self.kept.append((now_s, min(delays_ns)))
        while now_s - self.kept[0][0] > LEAST_KEPT_S:
            self.kept.popleft()
        return min(least for _, least in self.kept)


@dataclass(slots=True)
class LineFigures:
    """Sums up what is settled; knows the last minute."""

    _least_up: _Least = field(default_factory=_Least)
    _least_down: _Least = field(default_factory=_Least)
    _last: Passage | None = None
    _minute_began_s: float | None = None
    _minute_sent: int = 0
    _minute_received: int = 0
    _minute: list[Passage] = field(default_factory=list)

    def section(self, settled: Settled, *, now_s: float) -> LineSection:
        """Return what a report says of probes settled since the last one.

        Args:
            now_s: a monotonic clock.
        """
        passages = settled.passages
        runs = self._runs(passages)
        minute = self._minute_of(settled, now_s)
        if not passages:
            return LineSection(sent=settled.sent, minute=minute)
        rtts_ms = [one.rtt_ns / 1e6 for one in passages]
        differences = [abs(b - a) for a, b in pairwise(rtts_ms)]
        return LineSection(
            sent=settled.sent,
            received=len(passages),
            rtt_ms=_rounded(fmean(rtts_ms)),
            rtt_min_ms=_rounded(min(rtts_ms)),
            rtt_max_ms=_rounded(max(rtts_ms)),
            jitter_ms=_rounded(fmean(differences)) if differences else None,
            up=self._way(settled.directed, settled.lost_up, runs, passages, _up, now_s),
            down=self._way(
                settled.directed - settled.lost_up,
                settled.lost_down,
                runs,
                passages,
                _down,
                now_s,
            ),
            minute=minute,
        )

    def _runs(self, passages: tuple[Passage, ...]) -> list[tuple[Passage, Passage]]:
        """Return the neighbours of one reflector; forget the least where another began."""
        known = passages if self._last is None else (self._last, *passages)
        if passages:
            self._last = passages[-1]
        pairs = list(pairwise(known))
        if any(not is_next(a, b) for a, b in pairs):
            self._least_up, self._least_down = _Least(), _Least()
            self._minute.clear()
        return [(a, b) for a, b in pairs if b.seq - a.seq == 1 and is_next(a, b)]

    def _way(
        self,
        sent: int,
        lost: int,
        pairs: Sequence[tuple[Passage, Passage]],
        passages: Sequence[Passage],
        delay: _Delay,
        now_s: float,
    ) -> LineWay:
        delays_ns = [delay(one) for one in passages]
        least = self._least_up if delay is _up else self._least_down
        least_ns = least.with_these(delays_ns, now_s)
        middle_ns = median(delays_ns)
        jitter_ms = share_within([abs(delay(b) - delay(a)) / 1e6 for a, b in pairs], JITTER_SHARE)
        is_known = all(one.error_ns is not None for one in passages) and (
            max(one.error_ns or 0 for one in passages) <= KNOWN_WELL_NS
        )
        return LineWay(
            sent=sent,
            received=sent - lost,
            jitter_ms=_possible(jitter_ms),
            delay_ms=_possible((middle_ns - least_ns) / 1e6),
            transit_ms=_possible(max(0.0, middle_ns / 1e6)) if is_known else None,
        )

    def _minute_of(self, settled: Settled, now_s: float) -> ProbedMinute | None:
        """Return the minute that is over with these; None: it goes on."""
        if self._minute_began_s is None:
            self._minute_began_s = now_s
        self._minute_sent += settled.sent
        self._minute_received += len(settled.passages)
        self._minute += settled.passages
        if now_s - self._minute_began_s < MINUTE_S - 0.5:
            return None
        passages, sent, received = self._minute, self._minute_sent, self._minute_received
        self._minute_began_s, self._minute = now_s, []
        self._minute_sent = self._minute_received = 0
        if not sent:
            return None
        return ProbedMinute(
            sent=sent,
            received=received,
            rtt=counted(one.rtt_ns / 1e6 for one in passages),
            up=_above_least(passages, _up),
            down=_above_least(passages, _down),
        )


def _above_least(passages: Sequence[Passage], delay: _Delay) -> LineHistogram:
    delays_ns = [delay(one) for one in passages]
    least_ns = min(delays_ns, default=0)
    return counted((one - least_ns) / 1e6 for one in delays_ns)


def _rounded(value_ms: float) -> float:
    return round(value_ms, DECIMALS)


def _possible(value_ms: float | None) -> float | None:
    """Return what a direction may take; None: the reflector's clock was set meanwhile."""
    is_known = value_ms is not None and value_ms <= MOST_MS
    return _rounded(value_ms) if is_known and value_ms is not None else None
