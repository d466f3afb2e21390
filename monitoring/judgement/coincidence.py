"""Which points went wrong together: most of the province, those of one unit, or one alone. Pure.

What begins within a window of a minute is one moment: points are heard every few seconds, and
each is missed by its own last word. Who was out long before (at night many are) counts for
nothing: what matters is how many fell of those that could.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from contracts.ids import PointId

WINDOW = timedelta(seconds=60)
MOST_RATIO, LEAST_OF_MOST, LEAST_RATIO = 0.6, 3, 0.1
OF_UNIT_RATIO, LEAST_OF_UNIT = 0.5, 2

Units = Mapping[PointId, tuple[str, ...]]
"""Of each point that is known of now the units above it, the nearest first."""


class Reach(Enum):
    """How far something goes; the widest is the centre's own, or its main line's."""

    POINT = "point"
    UNIT = "unit"
    CENTRE = "centre"

    @property
    def rank(self) -> int:
        """Its place from the narrowest."""
        return list(Reach).index(self)


@dataclass(frozen=True, slots=True)
class Together:
    """Points that went wrong together; `unit_id` where they are of one unit."""

    reach: Reach
    unit_id: str
    points: tuple[PointId, ...]


def is_most(count: int, known: int, out: int) -> bool:
    """Whether so many of all that are known are most of them, where some were out before."""
    return count >= max(LEAST_OF_MOST, LEAST_RATIO * known, MOST_RATIO * (known - out))


def together(
    fell: Mapping[PointId, datetime], known: Units, out: Collection[PointId] = ()
) -> list[Together]:
    """Return points in groups, each point in one; the order of what is given changes nothing.

    Args:
        out: those that were out before.
    """
    found: list[Together] = []
    for moment in _moments(fell):
        if is_most(len(moment), len(known), len(out)):
            found.append(Together(Reach.CENTRE, "", tuple(moment)))
        else:
            found.extend(_by_unit(moment, known, out))
    return found


def _moments(fell: Mapping[PointId, datetime]) -> Iterator[list[PointId]]:
    moment: list[PointId] = []
    for point_id in sorted(fell, key=lambda one: (fell[one], one)):
        if moment and fell[point_id] - fell[moment[0]] > WINDOW:
            yield moment
            moment = []
        moment.append(point_id)
    if moment:
        yield moment


def _by_unit(
    moment: Iterable[PointId], known: Units, out: Collection[PointId]
) -> Iterator[Together]:
    """Give the widest units first, but none that has all points: that is the province."""
    sizes = Counter(unit_id for above in known.values() for unit_id in above)
    gone = Counter(unit_id for point_id in out for unit_id in known.get(point_id, ()))
    left = list(moment)
    shared = {unit_id for point_id in left for unit_id in known.get(point_id, ())}
    for unit_id in sorted(shared, key=lambda one: (-sizes[one], one)):
        of_unit = [one for one in left if unit_id in known.get(one, ())]
        could_fall = sizes[unit_id] - gone[unit_id]
        is_enough = len(of_unit) >= max(LEAST_OF_UNIT, OF_UNIT_RATIO * could_fall)
        if is_enough and sizes[unit_id] < len(known):
            yield Together(Reach.UNIT, unit_id, tuple(of_unit))
            left = [one for one in left if one not in of_unit]
    for point_id in left:
        yield Together(Reach.POINT, "", (point_id,))
