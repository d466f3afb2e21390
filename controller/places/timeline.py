"""Units and points through time: what each was called and where it stood, and until when. Pure.

A life begins, has periods that follow each other without a gap, and may end; an id is used once.
So that at any instant a unit has one parent and one name, and a point is in one unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Generic, TypeVar

MAX_DEPTH = 16
"""Province, district, commune, village: four are usual. Pages go down by recursion."""


@dataclass(frozen=True, slots=True)
class UnitStands:
    """How a unit stands in a period."""

    parent_id: str | None
    name: str
    kind: str = ""
    owner: str = "people_committee"
    position: int = 0


@dataclass(frozen=True, slots=True)
class PointStands:
    """How a point stands in a period."""

    unit_id: str
    name: str
    owner: str = "people_committee"


S = TypeVar("S", UnitStands, PointStands)


@dataclass(frozen=True, slots=True)
class Life(Generic[S]):
    """One unit or point. `periods`: from when it stood how, the earliest first, never none."""

    periods: tuple[tuple[datetime, S], ...]
    ends_at: datetime | None = None

    @property
    def begins_at(self) -> datetime:
        """When it began."""
        return self.periods[0][0]

    @property
    def newest(self) -> S:
        """How it stands, or is to stand, last."""
        return self.periods[-1][1]

    def at(self, when: datetime) -> S | None:
        """Return how it stood at an instant; None: it had not begun, or had ended."""
        if self.ends_at is not None and when >= self.ends_at:
            return None
        return next((how for since, how in reversed(self.periods) if since <= when), None)

    def standing(self, when: datetime) -> S:
        """Return how it stood at an instant, its first before that, its last after its end."""
        before = (how for since, how in reversed(self.periods) if since <= when)
        return next(before, self.periods[0][1])

    def changes_after(self, when: datetime) -> bool:
        """Return whether anything of it is dated later than an instant."""
        is_later = self.periods[-1][0] > when
        return is_later or (self.ends_at is not None and self.ends_at > when)

    def since(self, when: datetime, how: S) -> "Life[S]":
        """Return the same standing otherwise from an instant on, for good."""
        kept = [one for one in self.periods if one[0] < when]
        if not kept or kept[-1][1] != how:
            kept.append((when, how))
        return Life(tuple(kept), self.ends_at)


@dataclass(frozen=True, slots=True)
class TreeAt:
    """The units and points that there are at one instant."""

    units: Mapping[str, UnitStands]
    points: Mapping[str, PointStands]

    def own_points(self, unit_id: str) -> list[str]:
        """Return the points of a unit itself."""
        return [id_ for id_, one in self.points.items() if one.unit_id == unit_id]

    def right_below(self, unit_id: str) -> list[str]:
        """Return the units whose parent a unit is."""
        return [id_ for id_, one in self.units.items() if one.parent_id == unit_id]


class Flaw(Enum):
    """Why something is no tree."""

    NO_PARENT = "no_parent"
    CIRCLE = "circle"
    TOO_DEEP = "too_deep"
    NO_UNIT = "no_unit"
    NO_TOP = "no_top"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one unit or point; `other`: with which unit."""

    flaw: Flaw
    id: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every unit and point that there was, is or is to be."""

    units: Mapping[str, Life[UnitStands]] = field(default_factory=dict)
    points: Mapping[str, Life[PointStands]] = field(default_factory=dict)

    def at(self, when: datetime) -> TreeAt:
        """Return what there is at an instant."""
        units = {id_: how for id_, one in self.units.items() if (how := one.at(when)) is not None}
        points = {id_: at for id_, of in self.points.items() if (at := of.at(when)) is not None}
        return TreeAt(units, points)

    def not_ended(self, when: datetime) -> TreeAt:
        """Return what has not ended, also where a wrong clock says that it is to begin."""
        units = {
            id_: unit.standing(when)
            for id_, unit in self.units.items()
            if unit.ends_at is None or unit.ends_at > when
        }
        points = {
            id_: point.standing(when)
            for id_, point in self.points.items()
            if point.ends_at is None or point.ends_at > when
        }
        return TreeAt(units, points)

    def moments(self, since: datetime) -> list[datetime]:
        """Return an instant and all later ones at which anything differs."""
        found = {since}
        for unit in self.units.values():
            found |= _moments(unit)
        for point in self.points.values():
            found |= _moments(point)
        return sorted(one for one in found if one >= since)


def _moments(life: Life[S]) -> set[datetime]:
    ends = set() if life.ends_at is None else {life.ends_at}
    return ends | {since for since, _ in life.periods}


def faults(tree: TreeAt) -> set[Fault]:
    """Return why units and points are no tree; nothing where they are one."""
    found: set[Fault] = set()
    for unit_id, unit in tree.units.items():
        if unit.parent_id is not None and unit.parent_id not in tree.units:
            found.add(Fault(Flaw.NO_PARENT, unit_id, unit.parent_id))
        flaw = _upwards(tree.units, unit_id)
        if flaw is not None:
            found.add(Fault(flaw, unit_id))
    found |= {
        Fault(Flaw.NO_UNIT, point_id, point.unit_id)
        for point_id, point in tree.points.items()
        if point.unit_id not in tree.units
    }
    if tree.units and all(one.parent_id is not None for one in tree.units.values()):
        found.add(Fault(Flaw.NO_TOP, min(tree.units)))
    return found


def _upwards(units: Mapping[str, UnitStands], unit_id: str) -> Flaw | None:
    seen: set[str] = set()
    one: str | None = unit_id
    while one is not None and one in units:
        if one in seen:
            return Flaw.CIRCLE
        seen.add(one)
        one = units[one].parent_id
    return Flaw.TOO_DEEP if len(seen) > MAX_DEPTH else None


def new_faults(before: Timeline, after: Timeline, since: datetime) -> dict[Fault, datetime]:
    """Return what was right and no longer is, each with the first instant it is of.

    What was wrong before is nobody's fault who changes something else.
    """
    found: dict[Fault, datetime] = {}
    for moment in after.moments(since):
        for one in faults(after.at(moment)) - faults(before.at(moment)):
            found.setdefault(one, moment)
    return found
