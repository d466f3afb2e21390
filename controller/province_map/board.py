"""What is on the map: groups of points about the centre, and which line an incident is of.

What is drawn is passed in: no database is asked here.
A group is what hangs on one line: a unit with all that is under it, the points of one carrier,
or a single point. An incident is drawn at the line that carries all its points; where no line
does, it is the centre's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from controller.health.service import PointSaid
from controller.health.states import PointState, rank
from controller.incidents.service import OpenIncident
from controller.places.tree import Branch
from monitoring.judgement.coincidence import Reach

# From here on points are counted by group, and shown when one is opened.
MARKS_UP_TO = 300
LEAST_TOGETHER = 2
CENTRE = "centre"
NO_CARRIER = "none"


@dataclass(frozen=True, slots=True)
class Cut:
    """An incident at the line that carries it. `points`: those of it that are wrong here."""

    number: int
    points: tuple[PointSaid, ...]
    acknowledged_by: str = ""

    @property
    def state(self) -> PointState:
        """The worst of its points."""
        return min((one.state for one in self.points), key=rank)


@dataclass(frozen=True, slots=True)
class LineGroup:
    """What hangs on one line. `opens`: its own map, if there is more to see of it."""

    key: str
    name: str
    points: tuple[PointSaid, ...]
    opens: str = ""
    cuts: tuple[Cut, ...] = ()

    @property
    def is_single(self) -> bool:
        """Whether it is a point alone."""
        return len(self.points) == 1

    @property
    def worst(self) -> PointState:
        """The worst of its points."""
        return min((one.state for one in self.points), key=rank)

    @property
    def wrong(self) -> int:
        """How many of its points are wrong."""
        return sum(one.is_wrong for one in self.points)


@dataclass(frozen=True, slots=True)
class Board:
    """The whole map. `cuts`: incidents that no single line carries."""

    groups: tuple[LineGroup, ...]
    cuts: tuple[Cut, ...] = ()
    points: tuple[PointSaid, ...] = ()

    @property
    def is_counted(self) -> bool:
        """Whether there are too many points for a mark each."""
        return len(self.points) > MARKS_UP_TO


def key_of(one: PointSaid) -> str:
    """Return what a point is called on the map."""
    return f"p:{one.point.point_id}"


def by_unit(
    tree: Sequence[Branch], points: Mapping[str, PointSaid], unit_id: str = ""
) -> list[LineGroup]:
    """Return a group for each unit below one, or below the only top; its own points are alone."""
    known = {one.unit.unit_id: one for one in tree}
    tops = [one for one in tree if one.unit.parent_id not in known]
    inside = unit_id or (tops[0].unit.unit_id if len(tops) == 1 else "")
    heads = [one for one in tree if one.unit.parent_id == inside] if inside else tops
    own = known[inside].points if inside in known else ()
    found = [_single(points[one.point_id]) for one in own if one.point_id in points]
    for head in heads:
        held = tuple(
            points[point.point_id]
            for branch in (head, *(known[one] for one in head.below))
            for point in branch.points
            if point.point_id in points
        )
        if held:
            found.append(
                LineGroup(f"u:{head.unit.unit_id}", head.unit.name, held, head.unit.unit_id)
            )
    return found


def by_carrier(
    names: Mapping[str, str], carriers: Mapping[str, str], points: Iterable[PointSaid]
) -> list[LineGroup]:
    """Return a group for each carrier, and one of the points without a contract.

    Args:
        names: of carriers, in their order; the last is of those without, by an id of its own.
        carriers: of each point with a contract, the carrier.
    """
    held: dict[str, list[PointSaid]] = {one: [] for one in names}
    for point in points:
        held[carriers.get(point.point.point_id, NO_CARRIER)].append(point)
    return [LineGroup(f"c:{one}", names[one], tuple(own), one) for one, own in held.items() if own]


def singles(points: Iterable[PointSaid]) -> list[LineGroup]:
    """Return a group for each point."""
    return [_single(one) for one in points]


def board(groups: Sequence[LineGroup], incidents: Iterable[OpenIncident]) -> Board:
    """Return the map, each incident of several points at the line that carries it."""
    points = tuple(one for group in groups for one in group.points)
    wrong = {one.point.point_id: one for one in points if one.is_wrong}
    cuts: dict[str, list[Cut]] = {}
    for incident in incidents:
        hit = tuple(wrong[one] for one in sorted(incident.points) if one in wrong)
        if len(hit) < LEAST_TOGETHER:
            continue
        carrier = CENTRE if incident.reach is Reach.CENTRE else _carried_by(groups, hit)
        cuts.setdefault(carrier, []).append(Cut(incident.number, hit, incident.acknowledged_by))
    return Board(
        tuple(replace(one, cuts=tuple(cuts.get(one.key, ()))) for one in groups),
        tuple(cuts.get(CENTRE, ())),
        points,
    )


def _single(point: PointSaid) -> LineGroup:
    return LineGroup(key_of(point), point.point.name, (point,))


def _carried_by(groups: Iterable[LineGroup], hit: Sequence[PointSaid]) -> str:
    ids = {one.point.point_id for one in hit}
    for group in groups:
        if ids <= {one.point.point_id for one in group.points}:
            return group.key
    return CENTRE
