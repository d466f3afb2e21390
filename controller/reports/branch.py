"""Which points are in a branch of the tree as it stood on a day, and in which part of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

OUTSIDE = ""
"""The part of points whose unit was not in the tree on the day; of all units alone."""


@dataclass(frozen=True, slots=True)
class TreeThen:
    """The units of a day by their parents, and the unit of every point there ever was.

    A point that has ended is where its unit stands: what it did in the period is not lost.
    `successors`: of units that had ended by then the one that went on for each.
    """

    parents: Mapping[str, str | None]
    unit_of_point: Mapping[str, str]
    successors: Mapping[str, str] = field(default_factory=dict)

    def above(self, unit_id: str) -> tuple[str, ...]:
        """Return a unit and those above it, the nearest first; nothing of one that is not there."""
        path: dict[str, None] = {}
        unit: str | None = self.successors.get(unit_id, unit_id)
        while unit is not None and unit in self.parents and unit not in path:
            path[unit] = None
            unit = self.parents[unit]
        return tuple(path)

    def holds(self, branch: str, unit_id: str | None) -> bool:
        """Return whether a unit is in a branch; everything is in the one without a name."""
        return not branch or (unit_id is not None and branch in self.above(unit_id))

    @property
    def top(self) -> str:
        """The one unit that all others are below; empty: there are several, or none."""
        tops = [one for one, parent in self.parents.items() if parent not in self.parents]
        return tops[0] if len(tops) == 1 else ""


def parts(tree: TreeThen, branch: str) -> dict[str, str]:
    """Return of each point of a branch in which part of it it is.

    A part is a unit right below the branch, or the branch itself for its own points; of all
    points also OUTSIDE.
    """
    root = branch or tree.top
    of_unit: dict[str, str | None] = {}
    found: dict[str, str] = {}
    for point_id, unit_id in tree.unit_of_point.items():
        if unit_id not in of_unit:
            of_unit[unit_id] = _part(tree.above(unit_id), root, is_whole=not branch)
        part = of_unit[unit_id]
        if part is not None:
            found[point_id] = part
    return found


def _part(above: tuple[str, ...], root: str, *, is_whole: bool) -> str | None:
    if root and root in above:
        return above[max(0, above.index(root) - 1)]
    if not is_whole:
        return None
    return above[-1] if above and not root else OUTSIDE
