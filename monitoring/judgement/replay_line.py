"""What thresholds would have said of a line beside what it is sold for. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.reports import BandwidthBody
from monitoring.judgement.contract_problems import (
    DOWN_HOLDS,
    TRAIN_HOLDS,
    LineSold,
    LineUse,
    contract_problems,
)
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.periods import Period
from monitoring.judgement.problem import Thresholds
from monitoring.judgement.replay_time import BUCKET, Moment
from monitoring.judgement.slow_nights import LOOKED_BACK, TestedRate


@dataclass(frozen=True, slots=True)
class KeptTrain:
    """What a train found of one way; `until`: when the next one told of it, if one did."""

    at: datetime
    until: datetime | None
    found: BandwidthBody


@dataclass(frozen=True, slots=True)
class LineWeek:
    """What is kept of a point's line in a period, the oldest first.

    `tested`: also from LOOKED_BACK before the period, since nights count together.
    `used`: of five minutes each. Trains and uses of which nothing can be wrong may be missing.
    """

    contracted: Contracted
    period: Period
    trains: Sequence[KeptTrain] = ()
    tested: Sequence[TestedRate] = ()
    used: Sequence[tuple[datetime, LineUse]] = ()


def line_moments(kept: LineWeek, limits: Thresholds) -> Iterator[Moment]:
    """Give the times at which the contract would not have been kept, or the line full."""
    ends_at = kept.period.ends_at
    for one in kept.trains:
        sold = LineSold(kept.contracted, train=one.found)
        holds = TRAIN_HOLDS if one.found.down_bps is None else DOWN_HOLDS
        until = min(one.until or ends_at, one.at + holds)
        yield from _moments(sold, limits, one.at, until)
    for last, until in zip(
        kept.tested, _until([one.at for one in kept.tested], ends_at), strict=True
    ):
        lately = tuple(one for one in kept.tested if last.at - LOOKED_BACK <= one.at <= last.at)
        began_at = max(last.at, kept.period.begins_at)
        ended_at = min(until, last.at + LOOKED_BACK)
        if began_at < ended_at:
            sold = LineSold(kept.contracted, tested=lately)
            yield from _moments(sold, limits, began_at, ended_at)
    for at, use in kept.used:
        yield from _moments(LineSold(kept.contracted, used=use), limits, at, at + BUCKET)


def _moments(
    sold: LineSold, limits: Thresholds, began_at: datetime, ended_at: datetime
) -> Iterator[Moment]:
    for problem in contract_problems(sold, limits):
        yield Moment(problem.key, began_at, ended_at)


def _until(times: Sequence[datetime], ends_at: datetime) -> list[datetime]:
    """Return when what was found at each time is followed by the next, or the end."""
    return [*times[1:], *(max(ends_at, one) for one in times[-1:])]
