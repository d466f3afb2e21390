"""A line that carried far less than its contract, night after night. Pure.

One bad night is somebody's backup. So the last three nights with a test count, of the last six
days; of several tests of a night the best, and of its two ways the quicker, since a contract's one
figure may be of either. Where a test says "at least", the line may well be as fast as it should.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.local_days import day_of

NIGHTS = 3
LOOKED_BACK = timedelta(days=6)
_EVENING_IS = timedelta(hours=12)
"""What is tested after midnight is the evening's before."""


@dataclass(frozen=True, slots=True)
class TestedRate:
    """What one whole test found; None: that way was not measured."""

    __test__ = False

    at: datetime
    down_bps: int | None = None
    up_bps: int | None = None
    is_at_least: bool = False


def slow_for_nights(
    tested: Iterable[TestedRate], contract_bps: int, least_ratio: float
) -> int | None:
    """Return the best rate of the last nights, where all of them were too slow; else None.

    Args:
        tested: not older than LOOKED_BACK, in any order.
    """
    nights: dict[date, list[TestedRate]] = {}
    for one in tested:
        nights.setdefault(day_of(one.at - _EVENING_IS), []).append(one)
    last = [nights[day] for day in sorted(nights)[-NIGHTS:]]
    if len(last) < NIGHTS:
        return None
    of_them = [one for night in last for one in night]
    best = max(max(one.down_bps or 0, one.up_bps or 0) for one in of_them)
    is_sure = not any(one.is_at_least for one in of_them)
    return best if is_sure and 0 < best < least_ratio * contract_bps else None
