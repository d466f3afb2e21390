"""A change of the tree that is in force from a date, and what speaks against one. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import TypeVar

from controller.places.timeline import (
    Fault,
    Flaw,
    Life,
    PointStands,
    Timeline,
    TreeAt,
    UnitStands,
    new_faults,
)

MOST_OBJECTIONS = 50
S = TypeVar("S", UnitStands, PointStands)


class ChangeKind(Enum):
    """What is done to the tree; kept as its value."""

    MERGE = "merge"
    SPLIT = "split"
    MOVE = "move"
    RENAME = "rename"
    END = "end"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a change cannot be, in two languages."""

    vi: str
    en: str


class ChangeRefused(Exception):
    """A change that cannot be, and all that speaks against it, as far as is told."""

    def __init__(self, *objections: Objection) -> None:
        self.objections = objections
        super().__init__("\n".join(f"{one.vi} / {one.en}" for one in objections))


@dataclass(frozen=True, slots=True)
class TreeChange:
    """What is otherwise from `at` on. `into`: of ended units the one that goes on for them."""

    kind: ChangeKind
    at: datetime
    units: Mapping[str, UnitStands] = field(default_factory=dict)
    points: Mapping[str, PointStands] = field(default_factory=dict)
    ended_units: frozenset[str] = frozenset()
    ended_points: frozenset[str] = frozenset()
    into: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether it alters nothing."""
        return not (self.units or self.points or self.ended_units or self.ended_points)


def applied(timeline: Timeline, change: TreeChange) -> Timeline:
    """Return units and points with a change in force from its date on.

    Raises:
        ChangeRefused: what it alters is dated later already or had not begun or had ended by
            then, or what it leaves is no tree, then or later.
    """
    wrong = [
        *_untimely("đơn vị", "unit", timeline.units, {*change.units, *change.ended_units}, change),
        *_untimely(
            "điểm cầu", "point", timeline.points, {*change.points, *change.ended_points}, change
        ),
    ]
    if wrong:
        raise ChangeRefused(*wrong[:MOST_OBJECTIONS])
    after = Timeline(
        _altered(timeline.units, change.units, change.ended_units, change.at),
        _altered(timeline.points, change.points, change.ended_points, change.at),
    )
    found = new_faults(timeline, after, change.at)
    if found:
        raise ChangeRefused(*(said(one, after) for one in _told(found)))
    return after


def _told(found: Mapping[Fault, datetime]) -> list[Fault]:
    by_time = sorted(found, key=lambda one: (found[one], one.flaw.value, one.id))
    return by_time[:MOST_OBJECTIONS]


def _untimely(
    vi: str, en: str, lives: Mapping[str, Life[S]], ids: Collection[str], change: TreeChange
) -> list[Objection]:
    wrong = []
    for one in sorted(ids):
        life = lives.get(one)
        if life is None:
            if one in change.ended_units or one in change.ended_points:
                wrong.append(Objection(f"Không có {vi} {one}.", f"There is no {en} {one}."))
        elif life.ends_at is not None and life.ends_at <= change.at:
            wrong.append(
                Objection(
                    f"{vi.capitalize()} “{life.newest.name}” ({one}) đã kết thúc; mã đã dùng thì "
                    "không dùng lại.",
                    f"The {en} “{life.newest.name}” ({one}) has ended; an id is not used again.",
                )
            )
        elif life.changes_after(change.at):
            wrong.append(
                Objection(
                    f"{vi.capitalize()} “{life.newest.name}” ({one}) có thay đổi ghi vào ngày "
                    "muộn hơn: chọn ngày sau đó, hoặc thu hồi thay đổi kia trước.",
                    f"Something of the {en} “{life.newest.name}” ({one}) is dated later: choose a "
                    "day after that, or take the other change back first.",
                )
            )
        elif life.begins_at >= change.at:
            wrong.append(
                Objection(
                    f"{vi.capitalize()} “{life.newest.name}” ({one}) chưa có vào ngày ấy.",
                    f"The {en} “{life.newest.name}” ({one}) had not begun by that day.",
                )
            )
    return wrong


def _altered(
    lives: Mapping[str, Life[S]], stands: Mapping[str, S], ended: Collection[str], at: datetime
) -> dict[str, Life[S]]:
    found = dict(lives)
    for id_, how in stands.items():
        life = found.get(id_)
        found[id_] = life.since(at, how) if life is not None else Life(((at, how),))
    for id_ in ended:
        found[id_] = replace(found[id_], ends_at=at)
    return found


def said(fault: Fault, after: Timeline) -> Objection:
    """Return a fault as a sentence, with the names that a timeline has."""
    unit, point = after.units.get(fault.id), after.points.get(fault.id)
    life = point if fault.flaw is Flaw.NO_UNIT else unit
    name = life.newest.name if life is not None else fault.id
    other = after.units.get(fault.other)
    above = other.newest.name if other is not None else fault.other
    match fault.flaw:
        case Flaw.NO_PARENT:
            return Objection(
                f"Đơn vị “{name}” sẽ nằm dưới “{above}”, mà lúc đó không có đơn vị này.",
                f"The unit “{name}” would lie below “{above}”, which is not there then.",
            )
        case Flaw.CIRCLE:
            return Objection(
                f"Đơn vị “{name}” sẽ nằm trong chính nó.", f"The unit “{name}” would lie in itself."
            )
        case Flaw.TOO_DEEP:
            return Objection(
                f"Đơn vị “{name}” sẽ nằm quá sâu.", f"The unit “{name}” would lie too deep."
            )
        case Flaw.NO_UNIT:
            return Objection(
                f"Điểm cầu “{name}” sẽ thuộc “{above}”, mà lúc đó không có đơn vị này.",
                f"The point “{name}” would belong to “{above}”, which is not there then.",
            )
        case Flaw.NO_TOP:
            return Objection("Sẽ không còn đơn vị cao nhất.", "No unit would be the top.")


def merged(
    tree: TreeAt, at: datetime, units: Collection[str], into: str, stands: UnitStands
) -> TreeChange:
    """Return the change by which units become one: their points and the units below go to it.

    Args:
        into: a new unit, or one of them or another that goes on.
    """
    ended = frozenset(one for one in units if one != into)
    below = {
        id_: replace(one, parent_id=into)
        for id_, one in tree.units.items()
        if one.parent_id in ended and id_ != into and id_ not in ended
    }
    moved = {
        id_: replace(one, unit_id=into) for id_, one in tree.points.items() if one.unit_id in ended
    }
    above = stands
    while above.parent_id in ended:  # it takes the place of what it lay in
        above = replace(above, parent_id=tree.units[above.parent_id].parent_id)
    is_same = tree.units.get(into) == above
    target = {} if is_same else {into: above}
    return TreeChange(
        ChangeKind.MERGE, at, {**target, **below}, moved, ended, into=dict.fromkeys(ended, into)
    )


def split(
    tree: TreeAt, at: datetime, new_id: str, stands: UnitStands, taken: Collection[str]
) -> TreeChange:
    """Return the change by which a new unit takes over points and units (`point:ID`, `unit:ID`)."""
    units = {
        id_: replace(one, parent_id=new_id)
        for id_, one in tree.units.items()
        if f"unit:{id_}" in taken
    }
    points = {
        id_: replace(one, unit_id=new_id)
        for id_, one in tree.points.items()
        if f"point:{id_}" in taken
    }
    return TreeChange(ChangeKind.SPLIT, at, {new_id: stands, **units}, points)
