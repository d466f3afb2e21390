"""What was asked of the page of thresholds, by its address or by its form, and what it means."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.errors import BadEntry, NotFound
from controller.places.tree import Branch, at_and_below
from controller.thresholds import fields
from controller.thresholds.fields import FIELDS
from controller.thresholds.scheme import ALL, NEW, Edit, Scheme, with_values
from monitoring.judgement.problem import Thresholds

_OF_UNIT, _OF_POINT = "unit:", "point:"
MOST_LEAVES = 100


@dataclass(frozen=True, slots=True)
class Typed:
    """As it was sent. `is_asked`: something is to be tried. `restore`: what is put back."""

    part: str = ALL
    name: str = ""
    values: dict[str, str] = field(default_factory=dict)
    joins: str = ""
    leaves: tuple[str, ...] = ()
    is_removed: bool = False
    restore: int | None = None
    base: int = 0
    reason: str = ""
    is_understood: bool = False
    is_asked: bool = False


def typed(one: Callable[[str], str], all_of: Callable[[str], Sequence[str]]) -> Typed:
    """Return what was sent. `one`: the text of a field, or empty; `all_of`: all of its texts."""
    values = {own.name: one(own.name) for own in FIELDS}
    restore = _number(one("restore"))
    others = (one("name"), one("joins"), one("removed"))
    return Typed(
        part=one("part"),
        name=" ".join(one("name").split()),
        values=values,
        joins=one("joins"),
        leaves=tuple(all_of("leaves")),
        is_removed=one("removed") == "yes",
        restore=restore,
        base=_number(one("base")) or 0,
        reason=one("reason"),
        is_understood=one("understood") == "yes",
        is_asked=any(values.values()) or any(others) or restore is not None,
    )


def edit_of(asked: Typed, scheme: Scheme, from_file: Thresholds, tree: Sequence[Branch]) -> Edit:
    """Return what somebody would have otherwise.

    Raises:
        BadEntry: something is no number, or out of its range.
        NotFound: there is no such template, unit or point.
    """
    if len(asked.leaves) > MOST_LEAVES:
        raise BadEntry(
            f"Mỗi lần bỏ được tối đa {MOST_LEAVES} điểm cầu khỏi một mẫu.",
            f"{MOST_LEAVES} points at most leave a template at once.",
        )
    common = from_file if asked.part == ALL else with_values(from_file, scheme.values)
    return Edit(
        part=asked.part,
        name=asked.name,
        values={} if asked.is_removed else fields.entered(asked.values, common),
        joins=_joined(asked.joins, tree),
        leaves=asked.leaves,
        is_removed=asked.is_removed and asked.part not in (ALL, NEW),
    )


def _joined(choice: str, tree: Sequence[Branch]) -> tuple[str, ...]:
    if not choice:
        return ()
    points = [point.point_id for one in tree for point in one.points]
    if choice.startswith(_OF_POINT) and choice.removeprefix(_OF_POINT) in points:
        return (choice.removeprefix(_OF_POINT),)
    unit_id = choice.removeprefix(_OF_UNIT)
    if not choice.startswith(_OF_UNIT) or unit_id not in {one.unit.unit_id for one in tree}:
        raise NotFound("điểm cầu", "point")
    found = [point for one in at_and_below(tree, unit_id) for point in one.points]
    if not found:
        raise BadEntry("Đơn vị này chưa có điểm cầu.", "This unit has no points yet.")
    return tuple(point.point_id for point in found)


def _number(text: str) -> int | None:
    try:
        return numbers.whole(text, least=0, most=2**31 - 1)
    except MalformedNumber:
        return None
