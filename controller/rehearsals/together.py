"""Points that miss a meeting for one cause and share what may be it: shown as one. Pure.

A line, a unit's network or its mains take several points along: one fault, one call. A microphone
that is off is each room's own, whatever it shares with others.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from controller.rehearsals.verdict import (
    BATTERY_SHORT,
    LINE_TROUBLE,
    NOT_REACHED,
    NOTHING_SAID,
    ON_BATTERY,
    UNHEARD,
    PointVerdict,
)

LEAST_TOGETHER = 3
"""Two points of a unit that fail may be two faults."""
_SHAREABLE = frozenset(
    (
        *(UNHEARD, NOTHING_SAID, NOT_REACHED, LINE_TROUBLE, ON_BATTERY, BATTERY_SHORT),
        *("cut", "nothing_came_back", "loss", "round_trip", "jitter", "rate"),
    )
)
_KINDS = ("contract", "outage", "unit")
"""What is named first, of what takes as many along: a contract says most of where to call."""


@dataclass(frozen=True, slots=True)
class MissingPoint:
    """A point that is not ready. `shared`: names of what its line shares, as KIND:NAME."""

    point_id: str
    verdict: PointVerdict
    cause: str
    shared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MissTogether:
    """Points that miss it for one cause; `by`: what they share, empty for one by itself."""

    points: tuple[str, ...]
    by: str = ""


def together(missing: Sequence[MissingPoint], alone: Iterable[str] = ()) -> list[MissTogether]:
    """Return points that miss it, those that share the cause as one, in the place of the first.

    Args:
        alone: points that are always told by themselves.
    """
    apart = set(alone)
    free = {
        one.point_id: one
        for one in missing
        if one.cause in _SHAREABLE and one.point_id not in apart
    }
    by_first: dict[str, MissTogether] = {}
    while (found := _largest(list(free.values()))) is not None:
        by_first[found.points[0]] = found
        for point_id in found.points:
            del free[point_id]
    taken = {point_id for one in by_first.values() for point_id in one.points}
    return [
        by_first.get(one.point_id, MissTogether((one.point_id,)))
        for one in missing
        if one.point_id in by_first or one.point_id not in taken
    ]


def _largest(free: Sequence[MissingPoint]) -> MissTogether | None:
    sharing: dict[tuple[str, PointVerdict, str], list[str]] = defaultdict(list)
    for one in free:
        for name in one.shared:
            if name.partition(":")[0] in _KINDS:
                sharing[(name, one.verdict, one.cause)].append(one.point_id)
    many = {key: points for key, points in sharing.items() if len(points) >= LEAST_TOGETHER}
    if not many:
        return None
    name, verdict, cause = min(many, key=lambda key: (-len(many[key]), _rank(key[0]), key[0]))
    return MissTogether(tuple(many[(name, verdict, cause)]), name)


def _rank(name: str) -> int:
    return _KINDS.index(name.partition(":")[0])
