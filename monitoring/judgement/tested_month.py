"""What a month of throughput tests says of a line beside its contract. Pure.

Of each night the best test of each way counts, and of the nights the middle one: neither a lucky
nor an unlucky test decides. Fewer nights than NIGHTS decide nothing. A night whose best says "at
least", and less than is owed, is left out: the line may have been as fast as it should.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

from monitoring.judgement.contracted import DOWN, UP, Contracted
from monitoring.judgement.slow_nights import NIGHTS, TestedRate, WayRate

OWED_RATIO = 0.8
"""Of the contract. What is tested is payload, 3 to 4 % less than whole packets."""


@dataclass(frozen=True, slots=True)
class TestedNight:
    """The best of one night, by its evening; None: that way was not measured."""

    __test__ = False

    evening: date
    down: WayRate | None
    up: WayRate | None


@dataclass(frozen=True, slots=True)
class TestedWay:
    """One way over a month. `nights`: those that count; `is_below` None: they are too few."""

    __test__ = False

    nights: int = 0
    middle_bps: int | None = None
    ratio: float | None = None
    is_below: bool | None = None


@dataclass(frozen=True, slots=True)
class TestedMonth:
    """All of it."""

    __test__ = False

    tests: int = 0
    nights: tuple[TestedNight, ...] = ()
    down: TestedWay = TestedWay()
    up: TestedWay = TestedWay()

    @property
    def is_below(self) -> bool | None:
        """Whether a way is below the contract; None: nothing can be said of it."""
        known = [one.is_below for one in (self.down, self.up) if one.is_below is not None]
        return any(known) if known else None


def month_of(tested: Iterable[TestedRate], contracted: Contracted) -> TestedMonth:
    """Return what whole tests, in any order, say of a line beside what it is sold for."""
    by_night: dict[date, list[TestedRate]] = {}
    for one in tested:
        if one.down is not None or one.up is not None:
            by_night.setdefault(one.night, []).append(one)
    nights = tuple(
        TestedNight(evening, _best(of, DOWN), _best(of, UP))
        for evening, of in sorted(by_night.items())
    )
    return TestedMonth(
        sum(len(of) for of in by_night.values()),
        nights,
        _way([one.down for one in nights], contracted.down_bps),
        _way([one.up for one in nights], contracted.up_bps),
    )


def _best(tested: Iterable[TestedRate], way: str) -> WayRate | None:
    """Return the best of a night; where any of them says "at least", so does the best."""
    known = [rate for one in tested if (rate := one.of(way)) is not None]
    if not known:
        return None
    return WayRate(max(one.bps for one in known), any(one.is_at_least for one in known))


def _way(nights: Iterable[WayRate | None], sold_bps: int) -> TestedWay:
    owed_bps = OWED_RATIO * sold_bps
    counted = [
        one.bps
        for one in nights
        if one is not None and not (one.is_at_least and one.bps < owed_bps)
    ]
    if not counted or not sold_bps:
        return TestedWay()
    middle = median(counted)
    is_below = middle < owed_bps if len(counted) >= NIGHTS else None
    return TestedWay(len(counted), round(middle), middle / sold_bps, is_below)
