"""The tree of units as pages list it: parents before children, names in their order."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from controller.places.tables import Point, Unit
from controller.web.i18n.collation import vietnamese

MAX_SHOWN_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Branch:
    """One unit with its own points; `below` names all units under it."""

    unit: Unit
    depth: int
    points: tuple[Point, ...]
    below: tuple[str, ...]


def branches(units: Iterable[Unit], points: Iterable[Point]) -> list[Branch]:
    """Return every unit once, depth first; one whose parent is not among them is a top."""
    known = {unit.unit_id: unit for unit in units}
    own: dict[str, list[Point]] = {unit_id: [] for unit_id in known}
    for point in points:
        own.setdefault(point.unit_id, []).append(point)
    children: dict[str | None, list[Unit]] = {}
    for unit in known.values():
        parent = unit.parent_id if unit.parent_id in known else None
        children.setdefault(parent, []).append(unit)
    found: list[Branch] = []
    for top in _sorted(children.get(None, [])):
        _walk(top, 0, children, own, found)
    return found


def at_and_below(tree: Sequence[Branch], unit_id: str) -> list[Branch]:
    """Return a unit and those below it; all of them where none is named."""
    wanted = {one for top in tree if top.unit.unit_id == unit_id for one in (unit_id, *top.below)}
    return [one for one in tree if not unit_id or one.unit.unit_id in wanted]


def within(tree: Sequence[Branch], unit_ids: Collection[str]) -> list[Branch]:
    """Return the named units and all below them, once each, in the tree's order."""
    wanted = {
        one
        for top in tree
        if top.unit.unit_id in unit_ids
        for one in (top.unit.unit_id, *top.below)
    }
    return [one for one in tree if one.unit.unit_id in wanted]


def _sorted(units: list[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: (unit.position, vietnamese(unit.name)))


def _walk(
    unit: Unit,
    depth: int,
    children: dict[str | None, list[Unit]],
    own: dict[str, list[Point]],
    found: list[Branch],
) -> None:
    place = len(found)
    for child in _sorted(children.get(unit.unit_id, [])):
        _walk(child, depth + 1, children, own, found)
    below = tuple(branch.unit.unit_id for branch in found[place:])
    points = tuple(sorted(own.get(unit.unit_id, []), key=lambda point: vietnamese(point.name)))
    found.insert(place, Branch(unit, min(depth, MAX_SHOWN_DEPTH), points, below))


def ancestors(units: Iterable[Unit], unit_id: str) -> list[Unit]:
    """Return the units a unit lies in, the top first, itself last."""
    known = {unit.unit_id: unit for unit in units}
    path: list[Unit] = []
    next_id: str | None = unit_id
    while next_id in known and len(path) < len(known):
        path.insert(0, known[next_id])
        next_id = known[next_id].parent_id
    return path
