"""How long a point was in a state in each bucket of a chart's grid. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from monitoring.judgement.availability import Interval
from monitoring.judgement.presence import PresenceState


def seconds_in(
    state: PresenceState,
    intervals: Iterable[Interval],
    grid: Sequence[datetime],
    width: timedelta,
    *,
    now: datetime,
) -> list[float]:
    """Return the seconds of a state in each bucket.

    Args:
        grid: where buckets of this width begin, one after the other, oldest first.
    """
    found = [0.0] * len(grid)
    for one in intervals:
        if one.state is not state or not grid:
            continue
        begins_at, ends_at = max(one.began_at, grid[0]), one.ended_at or now
        place = (begins_at - grid[0]) // width
        while place < len(grid) and grid[place] < ends_at:
            part = min(ends_at, grid[place] + width) - max(begins_at, grid[place])
            found[place] += max(0.0, part.total_seconds())
            place += 1
    return found
