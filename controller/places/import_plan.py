"""What a file of units and points would do to the tree, row by row. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from controller.places.place_file import BadPlaces, Mistake
from controller.places.place_import import MAX_PROBLEMS, Places, PointRow, UnitRow
from controller.places.timeline import PointStands, Timeline, TreeAt, UnitStands
from controller.places.tree_change import ChangeKind, TreeChange


class RowOutcome(Enum):
    """What becomes of a row; the order is that in which they are told."""

    NEW = "new"
    MOVED = "moved"
    RENAMED = "renamed"
    CHANGED = "changed"
    ENDED = "ended"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class PointFacts:
    """What is kept of a point that is the same at all times."""

    number: int
    coordinates: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True, slots=True)
class RowPlan:
    """A unit or point, and what becomes of it; `place` is empty where the file lacks it.

    `old_name` and `old_unit_id`: what is otherwise afterwards, else empty.
    """

    outcome: RowOutcome
    is_unit: bool
    id: str
    name: str
    unit_id: str
    place: str = ""
    old_name: str = ""
    old_unit_id: str = ""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a file does. `facts`: of points whose number or place on the earth it says anew."""

    change: TreeChange
    rows: tuple[RowPlan, ...]
    numbers: Mapping[str, int]
    facts: Mapping[str, PointRow]

    def count(self, outcome: RowOutcome, *, is_unit: bool) -> int:
        """Return to how many units or points something happens."""
        return sum(one.outcome is outcome and one.is_unit is is_unit for one in self.rows)

    @property
    def is_empty(self) -> bool:
        """Whether it does nothing."""
        return self.change.is_empty and not self.facts


def planned(
    read: Places,
    timeline: Timeline,
    tree: TreeAt,
    facts: Mapping[str, PointFacts],
    at: datetime,
    *,
    ends_missing: bool,
) -> ImportPlan:
    """Return what a file does from an instant on.

    Args:
        tree: what of the timeline the file is compared with.
        facts: of all points there ever were.
        ends_missing: what it does not name ends.

    Raises:
        BadPlaces: an id or a number in it was used by something else.
    """
    mistakes = [*_used_ids(read, timeline, tree), *_used_numbers(read, facts)]
    if mistakes:
        raise BadPlaces(*mistakes[:MAX_PROBLEMS])
    units = {one.unit_id: _unit_stands(one) for one in read.units}
    points = {one.point_id: PointStands(one.unit_id, one.name, one.owner) for one in read.points}
    rows = [_unit_row(one, tree.units.get(one.unit_id)) for one in read.units]
    rows += [_point_row(one, tree, facts.get(one.point_id)) for one in read.points]
    gone_units = frozenset(tree.units.keys() - units.keys()) if ends_missing else frozenset()
    gone_points = frozenset(tree.points.keys() - points.keys()) if ends_missing else frozenset()
    rows += [
        RowPlan(RowOutcome.ENDED, True, one, tree.units[one].name, tree.units[one].parent_id or "")
        for one in sorted(gone_units)
    ]
    rows += [
        RowPlan(RowOutcome.ENDED, False, one, tree.points[one].name, tree.points[one].unit_id)
        for one in sorted(gone_points)
    ]
    change = TreeChange(
        ChangeKind.IMPORT,
        at,
        {id_: how for id_, how in units.items() if tree.units.get(id_) != how},
        {id_: how for id_, how in points.items() if tree.points.get(id_) != how},
        gone_units,
        gone_points,
    )
    return ImportPlan(
        change,
        tuple(rows),
        {one.point_id: one.number for one in read.points if one.number is not None},
        {one.point_id: one for one in read.points if _says_anew(one, facts.get(one.point_id))},
    )


def _unit_stands(row: UnitRow) -> UnitStands:
    return UnitStands(row.parent_id, row.name, row.kind, row.owner, row.position)


def _says_anew(row: PointRow, known: PointFacts | None) -> bool:
    if known is None:
        return row.coordinates is not None
    is_placed = row.coordinates is not None and row.coordinates != known.coordinates
    return is_placed or row.number not in (None, known.number)


def _unit_row(row: UnitRow, was: UnitStands | None) -> RowPlan:
    above = row.parent_id or ""
    if was is None:
        return RowPlan(RowOutcome.NEW, True, row.unit_id, row.name, above, row.place)
    how = _unit_stands(row)
    outcome = RowOutcome.UNCHANGED if how == was else RowOutcome.CHANGED
    if how.name != was.name:
        outcome = RowOutcome.RENAMED
    if how.parent_id != was.parent_id:
        outcome = RowOutcome.MOVED
    return RowPlan(
        outcome,
        True,
        row.unit_id,
        row.name,
        above,
        row.place,
        was.name if how.name != was.name else "",
        (was.parent_id or "") if how.parent_id != was.parent_id else "",
    )


def _point_row(row: PointRow, tree: TreeAt, facts: PointFacts | None) -> RowPlan:
    was = tree.points.get(row.point_id)
    if was is None:
        return RowPlan(RowOutcome.NEW, False, row.point_id, row.name, row.unit_id, row.place)
    is_other = _says_anew(row, facts) or row.owner != was.owner
    outcome = RowOutcome.CHANGED if is_other else RowOutcome.UNCHANGED
    if row.name != was.name:
        outcome = RowOutcome.RENAMED
    if row.unit_id != was.unit_id:
        outcome = RowOutcome.MOVED
    return RowPlan(
        outcome,
        False,
        row.point_id,
        row.name,
        row.unit_id,
        row.place,
        was.name if row.name != was.name else "",
        was.unit_id if row.unit_id != was.unit_id else "",
    )


def _used_ids(read: Places, timeline: Timeline, tree: TreeAt) -> list[Mistake]:
    found = [
        _used(one.place, "đơn vị", "unit", one.unit_id)
        for one in read.units
        if one.unit_id in timeline.units and one.unit_id not in tree.units
    ]
    return found + [
        _used(one.place, "điểm cầu", "point", one.point_id)
        for one in read.points
        if one.point_id in timeline.points and one.point_id not in tree.points
    ]


def _used(place: str, vi: str, en: str, id_: str) -> Mistake:
    return Mistake(
        place,
        f"mã {id_} là của một {vi} đã kết thúc hoặc chưa bắt đầu vào ngày này; dùng mã khác",
        f"{id_} is the id of a {en} that has ended or has not begun by that day; use another",
    )


def _used_numbers(read: Places, facts: Mapping[str, PointFacts]) -> list[Mistake]:
    owners = {one.number: point_id for point_id, one in facts.items()}
    return [
        Mistake(
            one.place,
            f"số {one.number} của điểm cầu {one.point_id} đã thuộc điểm cầu khác "
            f"({owners[one.number]})",
            f"the number {one.number} of point {one.point_id} is taken by another point "
            f"({owners[one.number]})",
        )
        for one in read.points
        if one.number is not None and owners.get(one.number, one.point_id) != one.point_id
    ]
