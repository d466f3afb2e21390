"""What is wrong with a line beside its contract: too slow, or full. Pure.

Only of the line that the contract is for: who goes out by a second line is told that instead.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from contracts.reports import BandwidthBody
from monitoring.judgement.contracted import DOWN, EITHER, UP, Beside, Contracted, rates
from monitoring.judgement.problem import Argument, Problem, ProblemKey, Severity, Thresholds
from monitoring.judgement.slow_nights import NIGHTS, TestedRate, slow_for_nights

OF_CONTRACT = (ProblemKey.BELOW_CONTRACT, ProblemKey.SLOW_NIGHTS, ProblemKey.LINE_FULL)
TRAIN_HOLDS = timedelta(minutes=30)
"""So long a train says something: one goes every ten minutes, but not near a meeting."""
DOWN_HOLDS = timedelta(minutes=45)
"""So long what one says that came back: every third does."""


@dataclass(frozen=True, slots=True)
class LineUse:
    """What went over a point's way out, on the mean of the last minutes; None: not known."""

    down_bps: float | None = None
    up_bps: float | None = None


@dataclass(frozen=True, slots=True)
class LineSold:
    """What a contract is held against. `train`: the last, where it is not old; `tested`: the
    throughput tests of the last nights; `used`: of the interface that leads out."""

    contracted: Contracted | None = None
    train: BandwidthBody | None = None
    tested: tuple[TestedRate, ...] = ()
    used: LineUse = LineUse()


def lasting(
    trains: Sequence[tuple[datetime, BandwidthBody]], now: datetime
) -> BandwidthBody | None:
    """Return what trains, the oldest first, say of each way; None: nothing that still holds.

    Of each way the last counts that says something of it: most are not sent back, and one that
    was not answered says nothing.
    """
    up = down = None
    for at, one in trains:
        if one.available_bps is not None and now - at <= TRAIN_HOLDS:
            up = one
        if one.down_bps is not None and now - at <= DOWN_HOLDS:
            down = one
    last = up or down
    return last and replace(
        last,
        available_bps=up.available_bps if up else None,
        confidence_ratio=up.confidence_ratio if up else 0.0,
        down_bps=down.down_bps if down else None,
        down_confidence_ratio=down.down_confidence_ratio if down else 0.0,
    )


def contract_problems(sold: LineSold, limits: Thresholds) -> Iterator[Problem]:
    """Give what a line's contract says that the line does not keep, and that it is full."""
    contracted = sold.contracted
    if contracted is None:
        return
    if sold.train is not None and (found := _squeezed(sold.train, contracted, limits)):
        yield Problem(ProblemKey.BELOW_CONTRACT, Severity.SERIOUS, rates(found))
    slow = slow_for_nights(sold.tested, contracted, limits.tested_ratio)
    if slow is not None:
        counted: dict[str, Argument] = {"nights": NIGHTS, "tests": slow.tests}
        yield Problem(ProblemKey.SLOW_NIGHTS, Severity.SERIOUS, rates(slow.ways) | counted)
    if full := _full(sold.used, contracted, limits):
        yield Problem(ProblemKey.LINE_FULL, Severity.MINOR, full)


def _squeezed(train: BandwidthBody, contracted: Contracted, limits: Thresholds) -> list[Beside]:
    """One train is enough where it is sure: a line that is merely busy spreads it unevenly."""
    up = (train.available_bps, train.confidence_ratio, contracted.up_bps)
    down = (train.down_bps, train.down_confidence_ratio, contracted.down_bps)
    ways = ((EITHER, *up),) if contracted.is_one_figure else ((DOWN, *down), (UP, *up))
    return [
        Beside(way, rate, sold_bps)
        for way, rate, confidence_ratio, sold_bps in ways
        if rate is not None
        and confidence_ratio >= limits.train_confidence
        and rate < limits.contract_ratio * sold_bps
    ]


def _full(used: LineUse, contracted: Contracted, limits: Thresholds) -> dict[str, Argument]:
    """Return how full a line is; nothing where it is not, or where nobody knows which way it is."""
    if contracted.is_one_figure:
        return {}
    ways = (("down_percent", used.down_bps, contracted.down_bps),
            ("up_percent", used.up_bps, contracted.up_bps))  # fmt: skip
    full = {
        name: round(100 * rate / sold_bps)
        for name, rate, sold_bps in ways
        if rate is not None and sold_bps and rate >= limits.utilisation_ratio * sold_bps
    }
    return {"percent": max(full.values()), **full} if full else {}
