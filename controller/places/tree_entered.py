"""A change of the tree as people enter it: what was typed, and the change that it means. Pure."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from contracts.local_days import day_of, midnight
from controller import entered
from controller.entered import Label
from controller.errors import BadEntry, NotFound
from controller.places.owner import Owner
from controller.places.place_import import MAX_NAME_CHARS
from controller.places.timeline import Timeline, TreeAt, UnitStands
from controller.places.tree_change import ChangeKind, TreeChange, merged, split

MAX_BASIS_CHARS = 120
_NAME = Label("Tên", "The name")
_BASIS = Label("Căn cứ", "The basis")


@dataclass(frozen=True, slots=True)
class ChangeEntered:
    """A change as typed. `thing` and `taken`: `unit:ID` or `point:ID`; `day`: 2026-07-01.

    `owner`: of the unit that others become; empty: theirs.
    """

    kind: ChangeKind
    day: str = ""
    basis: str = ""
    name: str = ""
    thing: str = ""
    under: str = ""
    into: str = ""
    units: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    owner: str = ""
    problem: str = ""

    @property
    def digest(self) -> str:
        """By what is known that it was typed so; of a problem nothing is in it."""
        return hashlib.sha256(repr(replace(self, problem="")).encode()).hexdigest()[:16]

    def with_problem(self, text: str) -> "ChangeEntered":
        """Return the same with a sentence on what is wrong."""
        return replace(self, problem=text)


def basis(typed: str) -> str:
    """Return the number of the resolution or decision, as it is kept.

    Raises:
        BadEntry: it is none.
    """
    return entered.line(_BASIS, typed, most=MAX_BASIS_CHARS, least=0)


def in_force(day: str, now: datetime) -> datetime:
    """Return from when a change is in force: of today from now on, else from the day's midnight.

    Raises:
        BadEntry: it is no day.
    """
    if not day.strip():
        return now
    try:
        chosen = date.fromisoformat(day.strip())
    except ValueError as exc:
        raise BadEntry(
            "Ngày hiệu lực chưa đúng, ví dụ 2026-07-01.",
            "The day in force is none, e.g. 2026-07-01.",
        ) from exc
    if not 2000 <= chosen.year < 2200:
        raise BadEntry("Ngày hiệu lực quá xa.", "The day in force is too far away.")
    return now if chosen == day_of(now) else midnight(chosen)


def change_of(
    typed: ChangeEntered, now: datetime, new_id: Callable[[str], str]
) -> Callable[[Timeline], TreeChange]:
    """Return what makes the change out of the tree that it is for.

    Args:
        new_id: gives a new unit its id, by its name.

    Raises:
        BadEntry: a field cannot be taken. What is made may raise NotFound besides.
    """
    at = in_force(typed.day, now)
    needs_name = typed.kind in (ChangeKind.SPLIT, ChangeKind.RENAME)
    needs_name = needs_name or (typed.kind is ChangeKind.MERGE and not typed.into)
    least = 1 if needs_name else 0
    name = entered.line(_NAME, typed.name, most=MAX_NAME_CHARS, least=least)
    made = new_id(name) if name else ""

    def make(timeline: Timeline) -> TreeChange:
        tree = timeline.at(at)
        match typed.kind:
            case ChangeKind.MERGE:
                return _merger(typed, tree, at, name, made)
            case ChangeKind.SPLIT:
                return _division(typed, tree, at, name, made)
            case ChangeKind.MOVE | ChangeKind.RENAME:
                return _other(typed, tree, at, name)
            case _:
                what, id_ = _thing(typed, tree)
                ended = frozenset({id_})
                if what == "unit":
                    return TreeChange(ChangeKind.END, at, ended_units=ended)
                return TreeChange(ChangeKind.END, at, ended_points=ended)

    return make


def _merger(typed: ChangeEntered, tree: TreeAt, at: datetime, name: str, made: str) -> TreeChange:
    unknown = [one for one in (*typed.units, typed.into) if one and one not in tree.units]
    if unknown:
        raise NotFound("đơn vị", "unit")
    gone = [one for one in typed.units if one != typed.into]
    if not gone or (not typed.into and len(gone) < 2):
        raise BadEntry(
            "Chọn ít nhất hai đơn vị để sáp nhập, hoặc một đơn vị và đơn vị nhận.",
            "Choose at least two units to merge, or one and the one that takes it over.",
        )
    if typed.into:
        known = tree.units[typed.into]
        owner = _owner(typed.owner or known.owner)
        return merged(
            tree, at, gone, typed.into, replace(known, name=name or known.name, owner=owner)
        )
    owners = {tree.units[one].owner for one in gone}
    if not typed.owner and len(owners) > 1:
        raise BadEntry(
            "Các đơn vị này thuộc nhiều chủ quản khác nhau: chọn chủ quản của đơn vị mới.",
            "These units have different owners: choose the owner of the new unit.",
        )
    first = tree.units[gone[0]]
    owner = _owner(typed.owner or first.owner)
    stands = UnitStands(first.parent_id, name, first.kind, owner, first.position)
    return merged(tree, at, gone, made, stands)


def _owner(typed: str) -> str:
    if typed not in {one.value for one in Owner}:
        raise BadEntry("Chọn chủ quản trong danh sách.", "Choose an owner from the list.")
    return typed


def _division(typed: ChangeEntered, tree: TreeAt, at: datetime, name: str, made: str) -> TreeChange:
    what, unit_id = _thing(typed, tree)
    if what != "unit":
        raise NotFound("đơn vị", "unit")
    own = {f"point:{one}" for one in tree.own_points(unit_id)}
    own |= {f"unit:{one}" for one in tree.right_below(unit_id)}
    taken = own & set(typed.taken)
    if not taken:
        raise BadEntry(
            "Chọn điểm cầu hoặc đơn vị chuyển sang đơn vị mới.",
            "Choose the points or units that go to the new unit.",
        )
    known = tree.units[unit_id]
    stands = UnitStands(known.parent_id or unit_id, name, known.kind, known.owner, known.position)
    return split(tree, at, made, stands, taken)


def _other(typed: ChangeEntered, tree: TreeAt, at: datetime, name: str) -> TreeChange:
    what, id_ = _thing(typed, tree)
    is_move = typed.kind is ChangeKind.MOVE
    if is_move and typed.under not in tree.units and (typed.under or what == "point"):
        raise BadEntry("Chọn đơn vị chuyển đến.", "Choose the unit that it goes to.")
    if what == "unit":
        unit = tree.units[id_]
        unit = replace(unit, parent_id=typed.under or None) if is_move else replace(unit, name=name)
        return _altering(typed, TreeChange(typed.kind, at, units={id_: unit}), tree)
    point = tree.points[id_]
    point = replace(point, unit_id=typed.under) if is_move else replace(point, name=name)
    return _altering(typed, TreeChange(typed.kind, at, points={id_: point}), tree)


def _altering(typed: ChangeEntered, change: TreeChange, tree: TreeAt) -> TreeChange:
    is_same = all(tree.units.get(one) == how for one, how in change.units.items()) and all(
        tree.points.get(one) == how for one, how in change.points.items()
    )
    if is_same:
        raise BadEntry("Không có gì thay đổi.", "That alters nothing.")
    return change


def _thing(typed: ChangeEntered, tree: TreeAt) -> tuple[str, str]:
    what, _, id_ = typed.thing.partition(":")
    known = tree.units if what == "unit" else tree.points if what == "point" else {}
    if not id_:
        raise BadEntry("Chọn đơn vị hoặc điểm cầu.", "Choose a unit or a point.")
    if id_ not in known:
        raise NotFound("đơn vị hoặc điểm cầu", "unit or point")
    return what, id_
