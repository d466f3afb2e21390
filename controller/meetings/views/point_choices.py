"""Points to choose from, unit by unit, each with what is wrong with it now."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from controller.health import states
from controller.health.states import PointState
from controller.places.service import Unit
from controller.places.tree import Branch
from controller.web.elements import Badge, Choice
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit with its points; `below` names the units under it, for choosing all."""

    id: str
    name: str
    depth: int
    below: str
    points: tuple[Choice, ...]


def host_choices(
    tree: Sequence[Branch], chosen: str, units: Sequence[Unit] = ()
) -> tuple[Choice, ...]:
    """Return the units that may host: those of today in their order, then others of a date."""
    known = [(branch.unit.unit_id, "– " * branch.depth + branch.unit.name) for branch in tree]
    today = {branch.unit.unit_id for branch in tree}
    others = [(one.unit_id, one.name) for one in units if one.unit_id not in today]
    return tuple(Choice(one, name, is_chosen=one == chosen) for one, name in (*known, *others))


def unit_choices(
    words: Language,
    tree: Sequence[Branch],
    point_states: Mapping[str, PointState],
    chosen: Container[str],
    *,
    without: Container[str] = (),
    notes: Mapping[str, str] = MappingProxyType({}),
) -> tuple[UnitChoice, ...]:
    """Return the units with their points.

    Args:
        without: points that are not offered.
        notes: what is said of points once they are chosen.
    """
    return tuple(_unit(words, branch, point_states, chosen, without, notes) for branch in tree)


def _unit(
    words: Language,
    branch: Branch,
    point_states: Mapping[str, PointState],
    chosen: Container[str],
    without: Container[str],
    notes: Mapping[str, str],
) -> UnitChoice:
    def badge(point_id: str) -> Badge | None:
        state = point_states.get(point_id, PointState.UNKNOWN)
        return None if state is PointState.UP else states.of_point(state, words)

    return UnitChoice(
        id=branch.unit.unit_id,
        name=branch.unit.name,
        depth=branch.depth,
        below=" ".join(branch.below),
        points=tuple(
            Choice(
                one.point_id,
                one.name,
                is_chosen=one.point_id in chosen,
                badge=badge(one.point_id),
                note=notes.get(one.point_id, ""),
            )
            for one in branch.points
            if one.point_id not in without
        ),
    )
