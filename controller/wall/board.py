"""What stands on the wall: points by cluster, and what is wrong, as few rows as it takes.

What is shown is passed in: no database is asked here.
A cluster is a unit below the tree's top with all that is under it. Points that an incident has
together are one row; every other wrong point has its own. Pages hold what a screen can show: it
never scrolls, and beyond the last page points are counted.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from controller.health.service import PointSaid
from controller.health.states import PointState, rank
from controller.incidents.service import OpenIncident
from controller.places.tree import Branch
from monitoring.judgement.coincidence import Reach

# From here on a tick for each point is too small for four metres.
TICKS_UP_TO = 300
LEAST_TOGETHER = 2
_NEVER = datetime.max.replace(tzinfo=UTC)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A unit below the top, with the points of all that is under it, worst first."""

    unit_id: str
    name: str
    points: tuple[PointSaid, ...]

    @property
    def wrong(self) -> int:
        """How many of its points are wrong."""
        return sum(one.is_wrong for one in self.points)

    @property
    def worst(self) -> int:
        """The order among clusters: 0 first."""
        return rank(self.points[0].state) if self.points else len(PointState)


@dataclass(frozen=True, slots=True)
class WallTrouble:
    """One row: a point that is wrong, or several that went wrong together."""

    points: tuple[PointSaid, ...]
    reach: Reach = Reach.POINT
    unit_id: str = ""
    acknowledged_by: str = ""

    @property
    def first(self) -> PointSaid:
        """The one that says what is wrong."""
        return self.points[0]

    @property
    def since(self) -> datetime | None:
        """Since when the first of them is wrong, as far as it is known."""
        return min((one.since for one in self.points if one.since), default=None)


def clusters(tree: Sequence[Branch], points: Mapping[str, PointSaid]) -> list[Cluster]:
    """Return the clusters that have points, in the tree's order."""
    heads: list[Branch] = []
    own: dict[str, list[PointSaid]] = {}
    for branch in tree:  # depth first: what is deeper belongs to the last head
        if branch.depth <= 1 or not heads:
            heads.append(branch)
        found = own.setdefault(heads[-1].unit.unit_id, [])
        found += [points[one.point_id] for one in branch.points if one.point_id in points]
    return [
        Cluster(
            head.unit.unit_id,
            head.unit.name,
            tuple(sorted(own[head.unit.unit_id], key=lambda one: rank(one.state))),
        )
        for head in heads
        if own[head.unit.unit_id]
    ]


def troubles(points: Iterable[PointSaid], incidents: Iterable[OpenIncident]) -> list[WallTrouble]:
    """Return what is wrong, worst first, then the nearest meeting, then the longest."""
    left = {one.point.point_id: one for one in points if one.is_wrong}
    takers: dict[str, str] = {}
    found: list[WallTrouble] = []
    for incident in sorted(incidents, key=lambda one: (-len(one.points), one.number)):
        takers |= dict.fromkeys(incident.points, incident.acknowledged_by)
        alike = _alike([left[one] for one in sorted(incident.points) if one in left])
        if len(alike) < LEAST_TOGETHER:
            continue
        for one in alike:
            del left[one.point.point_id]
        found.append(WallTrouble(alike, incident.reach, incident.unit_id, incident.acknowledged_by))
    found += [WallTrouble((one,), acknowledged_by=takers.get(key, "")) for key, one in left.items()]
    return sorted(found, key=_urgency)


def _alike(points: Collection[PointSaid]) -> tuple[PointSaid, ...]:
    """Return those of an incident that are in its worst state; the others have their own rows."""
    worst = min((rank(one.state) for one in points), default=0)
    return tuple(one for one in points if rank(one.state) == worst)


def _urgency(one: WallTrouble) -> tuple[int, datetime, int, datetime]:
    meeting = min((p.next_meeting_at for p in one.points if p.next_meeting_at), default=_NEVER)
    return rank(one.first.state), meeting, -len(one.points), one.since or _NEVER


def pages(
    rows: Sequence[T], heights: Sequence[float], *, room: float, most: int
) -> tuple[list[list[T]], int]:
    """Return rows in pages that have room for them, and how many rows are on none."""
    found: list[list[T]] = []
    used = room
    for index, (row, height) in enumerate(zip(rows, heights, strict=True)):
        if used + height > room:
            if len(found) == most:
                return found, len(rows) - index
            found.append([])
            used = 0.0
        found[-1].append(row)
        used += height
    return found, 0
