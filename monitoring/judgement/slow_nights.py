"""A line that carried less than its contract, night after night. Pure.

One bad night is somebody's backup. So the last three nights with a test count, of the last six
days; of several tests of a night the best. Each way is held against its own speed. Where one figure
is all that is known of a contract it may be of either way: then the quicker one counts. Where a
test says "at least", the line may well be as fast as it should.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.local_days import day_of
from monitoring.judgement.contracted import DOWN, EITHER, UP, Beside, Contracted

NIGHTS = 3
LOOKED_BACK = timedelta(days=6)
_EVENING_IS = timedelta(hours=12)
"""What is tested after midnight is the evening's before."""


@dataclass(frozen=True, slots=True)
class WayRate:
    """What one way carried in a test; `is_at_least`: it may be more."""

    bps: int
    is_at_least: bool = False


@dataclass(frozen=True, slots=True)
class TestedRate:
    """What one whole test found; None: that way was not measured."""

    __test__ = False

    at: datetime
    down: WayRate | None = None
    up: WayRate | None = None

    @property
    def night(self) -> date:
        """The evening of the night it was made in."""
        return day_of(self.at - _EVENING_IS)

    def of(self, way: str) -> WayRate | None:
        """Return what one way carried; of either: the quicker."""
        if way == DOWN:
            return self.down
        if way == UP:
            return self.up
        known = [one for one in (self.down, self.up) if one is not None]
        return max(known, key=lambda one: (one.is_at_least, one.bps), default=None)


@dataclass(frozen=True, slots=True)
class SlowNights:
    """What the last nights say where they were too slow: the best of each such way."""

    tests: int
    ways: tuple[Beside, ...]


def slow_for_nights(
    tested: Iterable[TestedRate], contracted: Contracted, least_ratio: float
) -> SlowNights | None:
    """Return what the line carried at best, where all of the last nights were too slow; else None.

    Args:
        tested: not older than LOOKED_BACK, in any order.
    """
    all_of_them, tests, ways = list(tested), 0, list[Beside]()
    for way, sold_bps in _sold(contracted):
        counted = _last_nights([(one.night, rate) for one in all_of_them if (rate := one.of(way))])
        best = max((one.bps for one in counted), default=0)
        is_sure = not any(one.is_at_least for one in counted)
        if is_sure and 0 < best < least_ratio * sold_bps:
            ways.append(Beside(way, best, sold_bps))
            tests = max(tests, len(counted))
    return SlowNights(tests, tuple(ways)) if ways else None


def _sold(contracted: Contracted) -> tuple[tuple[str, int], ...]:
    if contracted.is_one_figure:
        return ((EITHER, contracted.down_bps),)
    return ((DOWN, contracted.down_bps), (UP, contracted.up_bps))


def _last_nights(rates: Iterable[tuple[date, WayRate]]) -> list[WayRate]:
    """Return the rates of the last nights; none where there were too few nights."""
    nights: dict[date, list[WayRate]] = {}
    for night, rate in rates:
        nights.setdefault(night, []).append(rate)
    last = sorted(nights)[-NIGHTS:]
    return [rate for night in last for rate in nights[night]] if len(last) == NIGHTS else []
