"""Lines that points share and nobody wrote down: learned from cuts that coincide. Pure.

Once is an accident of the weather. Points share a line where they were cut at one moment twice or
more, and in at least half of the cuts of whichever of them was cut less often. What is known to be
a power cut, the room's or the centre's doing is not given here.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from contracts.ids import PointId
from monitoring.judgement.coincidence import WINDOW

LEAST_TIMES, LEAST_RATIO = 2, 0.5
MOST_AT_ONCE = 60
"""More than so many have not one line in common, but the province's way out."""


@dataclass(frozen=True, slots=True)
class SharedLine:
    """Points that share a line. `times`: how often two of them at least were cut together."""

    points: tuple[PointId, ...]
    times: int


def shared_lines(cuts: Iterable[tuple[PointId, datetime]]) -> list[SharedLine]:
    """Return what is learned from cuts in any order, the most points first."""
    moments = [one for one in _moments(cuts) if len(one) <= MOST_AT_ONCE]
    alone = Counter(point for moment in moments for point in moment)
    together = Counter(pair for one in moments for pair in combinations(sorted(one), 2))
    near: dict[PointId, set[PointId]] = defaultdict(set)
    for (one, other), times in together.items():
        if times >= max(LEAST_TIMES, LEAST_RATIO * min(alone[one], alone[other])):
            near[one].add(other)
            near[other].add(one)
    found = []
    for points in _joined(near):
        times = sum(len(points & moment) > 1 for moment in moments)
        found.append(SharedLine(tuple(sorted(points)), times))
    return sorted(found, key=lambda one: (-len(one.points), one.points))


def _moments(cuts: Iterable[tuple[PointId, datetime]]) -> list[set[PointId]]:
    """Return who was cut within a minute of the first of them."""
    found: list[set[PointId]] = []
    began_at: datetime | None = None
    for point_id, at in sorted(cuts, key=lambda one: (one[1], one[0])):
        if began_at is None or at - began_at > WINDOW:
            began_at = at
            found.append(set())
        found[-1].add(point_id)
    return found


def _joined(near: dict[PointId, set[PointId]]) -> list[set[PointId]]:
    """Return the points that hang together, whoever is next to whom."""
    found, left = [], set(near)
    while left:
        joined, ahead = set[PointId](), [min(left)]
        while ahead:
            point_id = ahead.pop()
            if point_id not in joined:
                joined.add(point_id)
                ahead.extend(near[point_id])
        left -= joined
        found.append(joined)
    return found
